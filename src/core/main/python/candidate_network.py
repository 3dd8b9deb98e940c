#!/usr/bin/env python3
"""The network that combines candidate forecasts, as a PyTorch module: what `builtin:weir` is.

Loads a model file and computes the same forecasts within 1e-6. To train one in PyTorch, give `forward` the inputs that
`docs/pytorch.md` describes, and write the result with `save`; `weir model inspect` and jobs read it.

    network, metadata = load("weir.safetensors")
    y = network(window, of_series, kinds, of_candidates, of_steps)  # (batch, steps), see forward
"""

import json
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
WINDOW, INPUTS, GLOBALS, STEP_FEATURES, FEATURES, CONTEXT = 24, 17, 6, 7, 9, 32


class CandidateNetwork(nn.Module):
    """Tensors have the names that they have in a model file."""

    def __init__(self, kinds, cell="rnn_tanh", hidden_size=16, num_layers=2, bidirectional=True, units=24):
        super().__init__()
        self.rnn = CELLS[cell](INPUTS, hidden_size, num_layers, batch_first=True, bidirectional=bidirectional)
        self.ctx = nn.Linear(hidden_size * (2 if bidirectional else 1) + GLOBALS, CONTEXT)
        self.hor = nn.Linear(CONTEXT + STEP_FEATURES, units)
        self.f = nn.Linear(FEATURES, units, bias=False)
        self.emb = nn.Parameter(torch.empty(kinds, units).uniform_(-0.35, 0.35))
        self.h2 = nn.Linear(units, units)
        self.mix = nn.Linear(units, units)
        self.out = nn.Linear(units, 1)
        self.gam = nn.Linear(units, 1, bias=False)
        self.res = nn.Sequential(nn.Linear(2 * units, units), nn.ReLU(), nn.Linear(units, 1))
        self.k = nn.Parameter(torch.ones(1))
        self.register_buffer("prior", torch.zeros(kinds))
        for layer in (self.out, self.gam, self.res[2]):
            nn.init.zeros_(layer.weight)
        for layer in (self.out, self.res[2]):
            nn.init.zeros_(layer.bias)

    def forward(self, window, of_series, kinds, of_candidates, of_steps):
        """How far the forecasts are from the base forecast, in units of its usual error: (batch, steps).

        window (batch, 24, 17), of_series (batch, 6), kinds (batch, candidates) of places among the model's candidates
        and -1 for none, of_candidates (batch, steps, candidates, 9), of_steps (batch, steps, 7).
        """
        _, h_n = self.rnn(window)
        h_n = h_n[0] if isinstance(h_n, tuple) else h_n
        last_layer = h_n[-2:] if self.rnn.bidirectional else h_n[-1:]
        c = torch.tanh(self.ctx(torch.cat([*last_layer, of_series], 1)))
        steps = of_steps.shape[1]
        u = self.hor(torch.cat([c[:, None].expand(-1, steps, -1), of_steps], 2))
        there = (kinds >= 0)[:, None, :]
        kinds = kinds.clamp(min=0)
        z = torch.relu(self.f(of_candidates) + self.emb[kinds][:, None] + u[:, :, None])
        p = (z * there[..., None]).sum(2) / there.sum(2)[..., None]
        z2 = torch.relu(self.h2(z) + self.mix(p)[:, :, None])
        behind = torch.expm1(of_candidates[..., 1].clamp(-1, 1))
        logits = self.out(z2)[..., 0] - 2 * self.k * behind + self.prior[kinds][:, None]
        shares = torch.softmax(logits.masked_fill(~there, -torch.inf), -1)
        extra = torch.tanh(self.gam(z2)[..., 0]) * there
        residual = self.res(torch.cat([p, u], -1))[..., 0]
        return ((shares + extra) * of_candidates[..., 0]).sum(-1) + 3 * torch.tanh(residual / 3)


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
    network = CandidateNetwork(
        tensors["emb"].shape[0],
        metadata["weir.cell"],
        tensors["rnn.weight_hh_l0"].shape[1],
        1 + max(int(name.split("_l")[1].split("_")[0]) for name in tensors if name.startswith("rnn.")),
        "rnn.weight_ih_l0_reverse" in tensors,
        tensors["emb"].shape[1],
    )
    network.load_state_dict(tensors)
    return network.eval(), metadata


def save(network, path, name, candidates, version=1):
    """Writes a model file. candidates: their names, in the order of the rows of `emb`."""
    cell = {nn.GRU: "gru", nn.LSTM: "lstm"}.get(type(network.rnn), "rnn_" + getattr(network.rnn, "nonlinearity", ""))
    header = {
        "__metadata__": {
            "format": "pt",
            "weir.format": "1",
            "weir.name": name,
            "weir.version": str(version),
            "weir.cell": cell,
            "weir.candidates": ",".join(candidates),
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
