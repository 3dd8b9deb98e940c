"""Writes src/core/test/resources/classifier/golden.json: classifiers of PyTorch with logits, loss and gradients.

Run with a Python that has torch: /usr/bin/python3 src/core/test/python/classifier_fixtures.py
"""

import json
import pathlib

import torch

INPUT, HIDDEN, LAYERS, CLASSES, STEPS, BATCH = 3, 5, 2, 4, 6, 2
SMOOTHING = 0.1
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
    labels = torch.randint(CLASSES, (BATCH,))
    out, state = rnn(x)
    h_n = state[0] if cell == "lstm" else state
    logits = head(read(readout, out, h_n))
    loss = torch.nn.functional.cross_entropy(logits, labels, label_smoothing=SMOOTHING)
    loss.backward()
    parameters = list(rnn.parameters()) + list(head.parameters())
    gradient = flat([p.grad for p in parameters])
    for p in parameters:
        p.grad = None
    step_labels = torch.randint(CLASSES, (BATCH, STEPS))  # many-to-many
    step_logits = head(rnn(x)[0])
    step_loss = torch.nn.functional.cross_entropy(
        step_logits.flatten(0, 1), step_labels.flatten(), label_smoothing=SMOOTHING
    )
    step_loss.backward()
    return {
        "cell": cell,
        "bidirectional": bidirectional,
        "readout": readout,
        "weights": flat(parameters),
        "input": flat([x]),
        "labels": labels.tolist(),
        "logits": flat([logits]),
        "step_labels": step_labels.flatten().tolist(),
        "step_logits": flat([step_logits]),
        "step_loss": float(step_loss),
        "step_gradient": flat([p.grad for p in parameters]),
        "probabilities": flat([torch.softmax(logits, dim=1)]),
        "loss": float(loss),
        "gradient": gradient,
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
    "smoothing": SMOOTHING,
}
target.write_text(json.dumps({"torch": torch.__version__, **shape, "cases": cases}) + "\n")
