"""Forecasts of networks that read covariates known ahead, by PyTorch: ahead_fixtures.py FOLDER

Writes NAME.safetensors and NAME.json for a few shapes: values, features and covariates of one series, and the forecast
at each origin whose window is full.
"""

import json
import os
import sys

import torch
from torch import nn

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../main/python"))
from train_birnn import write_safetensors  # noqa: E402

folder = sys.argv[1]
ORIGINS = 4
SHAPES = {  # cell, many_to_many, seq_len, horizon, features, covariates ahead, hidden_size, num_layers, bidirectional
    "one-gru": (nn.GRU, False, 5, 3, 1, 2, 6, 2, True),
    "one-lstm": (nn.LSTM, False, 3, 7, 0, 1, 4, 1, False),
    "many-rnn": (nn.RNN, True, 4, 4, 2, 3, 5, 1, True),
}
CELLS = {nn.GRU: "gru", nn.LSTM: "lstm", nn.RNN: "rnn_tanh"}


class Net(nn.Module):
    def __init__(self, cell, many, horizon, inputs, hidden, layers, both):
        super().__init__()
        self.many = many
        self.rnn = cell(inputs, hidden, layers, bidirectional=both, batch_first=True)
        self.fc = nn.Linear((2 if both else 1) * hidden, 1 if many else horizon)

    def forward(self, x):
        out = self.rnn(x)[0]
        return self.fc(out).squeeze(-1) if self.many else self.fc(out[:, -1])


for seed, (name, (cell, many, seq_len, horizon, features, ahead, hidden, layers, both)) in enumerate(SHAPES.items()):
    torch.manual_seed(seed)
    rows = seq_len + ORIGINS - 1
    net = Net(cell, many, horizon, 1 + features + ahead * horizon, hidden, layers, both)
    values = (20 + 5 * torch.randn(rows, dtype=torch.float64)).round(decimals=3)
    observed = torch.randn(rows, features, dtype=torch.float64).round(decimals=3)
    center, scale = [100.5 + k for k in range(ahead)], [12.25 + 3 * k for k in range(ahead)]
    known = torch.tensor(center) + torch.tensor(scale) * torch.randn(rows + horizon, ahead, dtype=torch.float64)
    known = known.round(decimals=2)
    known[rows - 2, 0] = float("nan")
    known[rows + horizon - 1, ahead - 1] = float("nan")

    c = (known - torch.tensor(center)) / torch.tensor(scale)
    c = torch.nan_to_num(c, nan=0.0)  # what is not known counts as the mean
    c = c[1:].unfold(0, horizon, 1).transpose(1, 2).reshape(rows, horizon * ahead)  # the steps after each row
    forecasts = []
    for first in range(ORIGINS):
        window = values[first:first + seq_len]
        last, deviation = window[-1], window.std(correction=0)
        x = torch.cat((((window - last) / deviation)[:, None], observed[first:first + seq_len],
                       c[first:first + seq_len]), 1).float()
        with torch.no_grad():
            y = net(x[None])[0].double()
        forecasts.append((last + deviation * y).tolist())
    write_safetensors(f"{folder}/{name}.safetensors", net.state_dict(), {
        "format": "pt", "weir.name": name, "weir.cell": CELLS[cell], "weir.seq_len": str(seq_len),
        "weir.mode": "many-to-many" if many else "many-to-one", "weir.readout": "out[:, -1]", "weir.scaling": "last",
        "weir.ahead": str(ahead), "weir.ahead_center": ",".join(map(str, center)),
        "weir.ahead_scale": ",".join(map(str, scale))})
    with open(f"{folder}/{name}.json", "w") as file:
        json.dump({
            "values": values.tolist(), "features": observed.tolist(),
            "known": [[None if number != number else number for number in row] for row in known.tolist()],
            "forecasts": forecasts}, file)
