"""Writes src/core/test/resources/classifier/golden.json: classifiers of PyTorch with their logits.

Run with a Python that has torch: /usr/bin/python3 src/core/test/python/classifier_fixtures.py
"""

import json
import pathlib

import torch

INPUT, HIDDEN, LAYERS, CLASSES, STEPS, BATCH = 3, 5, 2, 4, 6, 2
CELLS = {
    "rnn_tanh": lambda bi: torch.nn.RNN(INPUT, HIDDEN, LAYERS, batch_first=True, bidirectional=bi),
    "rnn_relu": lambda bi: torch.nn.RNN(
        INPUT, HIDDEN, LAYERS, batch_first=True, bidirectional=bi, nonlinearity="relu"
    ),
    "lstm": lambda bi: torch.nn.LSTM(INPUT, HIDDEN, LAYERS, batch_first=True, bidirectional=bi),
    "gru": lambda bi: torch.nn.GRU(INPUT, HIDDEN, LAYERS, batch_first=True, bidirectional=bi),
}


def read(readout, out, h_n):
    if readout == "h_n":
        directions = h_n.shape[0] // LAYERS
        return torch.cat([h_n[-directions + d] for d in range(directions)], dim=1)
    if readout == "out[:, -1]":
        return out[:, -1]
    return out.mean(dim=1) if readout == "mean" else out.max(dim=1).values


def flat(tensors):
    return [float(f"{float(v):.8g}") for t in tensors for v in t.detach().flatten()]


def case(cell, bidirectional, readout, seed):
    torch.manual_seed(seed)
    rnn = CELLS[cell](bidirectional)
    head = torch.nn.Linear(HIDDEN * (2 if bidirectional else 1), CLASSES)
    x = torch.randn(BATCH, STEPS, INPUT)
    out, state = rnn(x)
    h_n = state[0] if cell == "lstm" else state
    parameters = list(rnn.parameters()) + list(head.parameters())
    return {
        "cell": cell,
        "bidirectional": bidirectional,
        "readout": readout,
        "weights": flat(parameters),
        "input": flat([x]),
        "logits": flat([head(read(readout, out, h_n))]),
        "last_step_logits": flat([head(out[:, -1])]),
    }


cases = []
for cell in CELLS:
    for readout in ["h_n", "out[:, -1]", "mean", "max"]:
        cases.append(case(cell, len(cases) % 3 != 2, readout, 100 + len(cases)))
target = pathlib.Path(__file__).parents[1] / "resources" / "classifier" / "golden.json"
target.parent.mkdir(exist_ok=True)
shape = {
    "input_size": INPUT,
    "hidden_size": HIDDEN,
    "num_layers": LAYERS,
    "classes": CLASSES,
    "steps": STEPS,
    "batch": BATCH,
}
target.write_text(json.dumps({"torch": torch.__version__, **shape, "cases": cases}) + "\n")
