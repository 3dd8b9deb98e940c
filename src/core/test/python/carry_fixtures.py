"""Answers of networks that read a whole series in one call, by PyTorch: carry_fixtures.py FOLDER

Writes NAME.safetensors and NAME.json for a few shapes: values and features of one series, and what the head makes of
each step of rnn(x): a job that carries h_n from window to window gives the same.
"""

import json
import os
import sys

import torch
from torch import nn

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../main/python"))
from train_birnn import write_safetensors  # noqa: E402

folder = sys.argv[1]
ROWS = 33
CENTER, SCALE = 20.5, 4.25
SHAPES = {  # cell, its arguments, many_to_many, seq_len, horizon, features, hidden_size, num_layers
    "one-rnn": ("rnn_tanh", nn.RNN, {}, False, 5, 3, 2, 7, 2),
    "one-relu": ("rnn_relu", nn.RNN, {"nonlinearity": "relu"}, False, 4, 2, 1, 6, 3),
    "one-lstm": ("lstm", nn.LSTM, {}, False, 6, 4, 0, 5, 2),
    "one-gru": ("gru", nn.GRU, {}, False, 3, 1, 1, 12, 2),
    "many-lstm": ("lstm", nn.LSTM, {}, True, 4, 4, 2, 9, 1),
    "many-gru": ("gru", nn.GRU, {}, True, 5, 5, 0, 3, 2),
}

for seed, (name, (word, cell, words, many, seq_len, horizon, features, hidden, layers)) in enumerate(SHAPES.items()):
    torch.manual_seed(seed)
    rnn = cell(1 + features, hidden, layers, batch_first=True, **words)
    fc = nn.Linear(hidden, 1 if many else horizon)
    values = (20 + 5 * torch.randn(ROWS, dtype=torch.float64)).round(decimals=3)
    observed = torch.randn(ROWS, features, dtype=torch.float64).round(decimals=3)
    x = torch.cat((((values - CENTER) / SCALE)[:, None], observed), 1).float()
    with torch.no_grad():
        answers = CENTER + SCALE * fc(rnn(x[None])[0])[0].double()
    weights = {f"rnn.{key}": tensor for key, tensor in rnn.state_dict().items()}
    weights |= {f"fc.{key}": tensor for key, tensor in fc.state_dict().items()}
    write_safetensors(f"{folder}/{name}.safetensors", weights, {
        "format": "pt", "weir.name": name, "weir.cell": word, "weir.seq_len": str(seq_len),
        "weir.mode": "many-to-many" if many else "many-to-one", "weir.readout": "out[:, -1]", "weir.scaling": "fixed",
        "weir.center": str(CENTER), "weir.scale": str(SCALE)})
    with open(f"{folder}/{name}.json", "w") as file:
        json.dump({"values": values.tolist(), "features": observed.tolist(), "answers": answers.tolist()}, file)
