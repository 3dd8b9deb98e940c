#!/usr/bin/env python3
"""A network that reads a window and what was a season and a week before: what `builtin:window-many-to-one` and
`builtin:window-many-to-many` are.

Loads a model file and computes the same forecasts within 1e-6. To train one in PyTorch, give `forward` what `inputs`
makes of a series, and write the result with `save`; `weir model inspect` and jobs read it.

    network, metadata = load("window.safetensors")
    x, candidates, scale, unit = inputs(values, season=24, seq_len=24, horizon=48, many_to_many=network.many_to_many)
    y = values[-1] + scale * network(x[None], candidates[None] / scale, torch.tensor([unit / scale]))[0]
"""

import json
import math
import struct

import numpy as np
import torch
from torch import nn

CELLS = {
    "rnn_tanh": lambda *sizes, **more: nn.RNN(*sizes, nonlinearity="tanh", **more),
    "rnn_relu": lambda *sizes, **more: nn.RNN(*sizes, nonlinearity="relu", **more),
    "lstm": nn.LSTM,
    "gru": nn.GRU,
}
CANDIDATES = ["naive", "season-ago", "week-ago", "season-ago-shifted", "week-ago-shifted"]
INPUTS, ANSWERS = 14, len(CANDIDATES) + 1


def inputs(values, season, seq_len, horizon, many_to_many):
    """What the network reads at the last of a series' values: x (steps, 14), candidates (horizon, 5), scale, unit.

    season: values in a season, 1 for none. x is in units of scale, candidates are not; both relative to the last value.
    unit is that of what the network adds.
    """
    y = np.asarray(values, dtype=np.float64)
    t, week = len(y) - 1, 7 * season

    def before(i):
        return y[i] - y[t] if season > 1 and 0 <= i <= t else 0.0

    def periods_ago(h, period):
        origin = t - period * math.ceil(h / period)
        plain = before(origin + h)
        return plain, y[origin + h] - y[origin] if origin >= 0 else plain

    candidates = np.zeros((horizon, len(CANDIDATES)))
    for h in range(1, horizon + 1):
        if season > 1:
            candidates[h - 1, [1, 3]] = periods_ago(h, season)
            has_week = t + h - week * math.ceil(h / week) >= 0
            candidates[h - 1, [2, 4]] = periods_ago(h, week) if has_week else candidates[h - 1, [1, 3]]
    seen = [y[t - k] - y[t] for k in range(seq_len) if t - k >= 0]
    if season > 1:
        seen += [before(t - k - season) for k in range(seq_len) if t - k - season >= 0]
        seen += list(candidates[:seq_len, 1])
    scale = math.sqrt(sum(apart * apart for apart in seen) / len(seen))

    def difference(i):
        if season > 1 and i - season >= 0:
            return y[i] - y[i - season] - (y[t] - y[t - season])
        return y[i] - y[i - 1] if i > 0 else 0.0

    window = [t - k for k in range(seq_len) if t - k >= 0]
    weeks = [i for i in window if season > 1 and i - week >= 0]

    def mean_square(numbers):
        numbers = list(numbers)
        return sum(number**2 for number in numbers) / len(numbers) if numbers else None

    squares = [
        mean_square(difference(i) for i in window),
        mean_square(y[i] - y[i - season] for i in window if season > 1 and i - season >= 0),
        mean_square(y[i] - y[i - week] for i in weeks),
        mean_square(y[i] - y[i - week] - (y[t] - y[t - week]) for i in weeks),
    ]
    unit = max(0.01 * scale, math.sqrt(squares[0]))
    squares = squares if weeks else squares[:2] + [squares[1], squares[0]]
    ratios = [math.log(max(0.01 * scale, math.sqrt(s)) / scale) / 2 if scale > 0 and s is not None else 0.0 for s in squares]

    def bounded(apart, of=None):
        return max(-6.0, min(6.0, apart / (of or scale))) if scale > 0 else 0.0

    def phases(i):
        angles = [2 * math.pi * (i % period) / period for period in (season, week)]
        return [part(angle) if season > 1 else 0.0 for angle in angles for part in (math.sin, math.cos)]

    def a_week_before(i):
        return before(i - week) if season > 1 and i - week >= 0 else before(i - season)

    rows = []
    for i in (max(0, t - seq_len + 1 + k) for k in range(seq_len)):
        ahead = min(seq_len, season)
        behind = [0.0, 0.0] if many_to_many else [before(i - season + ahead), a_week_before(i + ahead)]
        own = [y[i] - y[t], before(i - season), a_week_before(i), *behind]
        rows.append([bounded(apart) for apart in own] + phases(i) + [bounded(difference(i), unit)] + ratios)
    for h in range(1, horizon + 1 if many_to_many else 1):
        known = [0.0, bounded(candidates[h - 1, 1]), bounded(candidates[h - 1, 2]), 1.0, 0.0]
        rows.append(known + phases(t + h) + [0.0] + ratios)
    return torch.tensor(rows, dtype=torch.float32), torch.tensor(candidates), scale, unit


class SeasonalNetwork(nn.Module):
    """Tensors have the names that they have in a model file."""

    def __init__(
        self, many_to_many, seq_len, horizon=48, cell="rnn_tanh", hidden_size=32, num_layers=2, bidirectional=True
    ):
        super().__init__()
        self.many_to_many, self.seq_len, self.horizon = many_to_many, seq_len, horizon
        self.rnn = CELLS[cell](INPUTS, hidden_size, num_layers, batch_first=True, bidirectional=bidirectional)
        width = hidden_size * (2 if bidirectional else 1)
        self.fc = nn.Linear(width, ANSWERS if many_to_many else ANSWERS * horizon)
        nn.init.zeros_(self.fc.weight)
        nn.init.zeros_(self.fc.bias)

    def forward(self, x, candidates, units):
        """Forecasts relative to the last value, in units of scale: (batch, horizon), as many as the candidates have.

        x (batch, steps, 14), candidates (batch, horizon, 5) and units (batch) in units of scale.
        """
        batch, horizon = candidates.shape[:2]
        out, h_n = self.rnn(x)
        h_n = h_n[0] if isinstance(h_n, tuple) else h_n
        if self.many_to_many:
            answers = self.fc(out[:, self.seq_len :])
        else:
            last_layer = h_n[-2:] if self.rnn.bidirectional else h_n[-1:]
            answers = self.fc(torch.cat([*last_layer], 1)).view(batch, -1, ANSWERS)[:, :horizon]
        weights = torch.softmax(answers[..., :-1], -1)
        return (weights * candidates).sum(-1) + units[:, None] * 8 * torch.tanh(answers[..., -1] / 8)


def load(path):
    """The network of a model file, and the file's metadata."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    metadata = header.pop("__metadata__")
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = np.frombuffer(data[begin:end], dtype="<f4").reshape(entry["shape"])
        tensors[name] = torch.from_numpy(values.copy())
    network = SeasonalNetwork(
        metadata["weir.mode"] == "many-to-many",
        int(metadata["weir.seq_len"]),
        int(metadata["weir.horizon"]),
        metadata["weir.cell"],
        tensors["rnn.weight_hh_l0"].shape[1],
        1 + max(int(name.split("_l")[1].split("_")[0]) for name in tensors if name.startswith("rnn.")),
        "rnn.weight_ih_l0_reverse" in tensors,
    )
    network.load_state_dict(tensors)
    return network.eval(), metadata


def save(network, path, name, version=1):
    """Writes a model file."""
    cell = {nn.GRU: "gru", nn.LSTM: "lstm"}.get(type(network.rnn), "rnn_" + getattr(network.rnn, "nonlinearity", ""))
    header = {
        "__metadata__": {
            "format": "pt",
            "weir.format": "1",
            "weir.name": name,
            "weir.version": str(version),
            "weir.cell": cell,
            "weir.mode": "many-to-many" if network.many_to_many else "many-to-one",
            "weir.seq_len": str(network.seq_len),
            "weir.horizon": str(network.horizon),
            "weir.readout": "h_n",
            "weir.scaling": "none",
            "weir.candidates": ",".join(CANDIDATES),
        }
    }
    data = b""
    for tensor, values in network.state_dict().items():
        written = values.detach().numpy().astype("<f4").tobytes()
        header[tensor] = {
            "dtype": "F32", "shape": list(values.shape), "data_offsets": [len(data), len(data) + len(written)]}
        data += written
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)
