#!/usr/bin/env python3
"""Trains a recurrent network with PyTorch that tells the class of a window, and exports it for Weir.

Needs torch and numpy, nothing else. Input, which may be compressed by gzip: a .ts file of the UCR and UEA archives,
or CSV with a row for each step: columns window (equal in a window's rows), label, and one for each channel.
Output: a safetensors file that `weir model inspect` and the job read.

The channels are standardized in training; what that takes is folded into the first layer, so the network that is
written reads the values as they are. Its head reads the mean of its output over the steps.
"""

import argparse
import csv
import gzip
import json
import random

import numpy as np
import torch
from torch import nn

from train_birnn import CELLS, write_safetensors


class Classifier(nn.Module):
    def __init__(self, cell, input_size, hidden_size, num_layers, bidirectional, classes):
        super().__init__()
        self.rnn = CELLS[cell](input_size=input_size, hidden_size=hidden_size, num_layers=num_layers,
                               bidirectional=bidirectional, batch_first=True, dropout=0.2 if num_layers > 1 else 0.0)
        self.dropout = nn.Dropout(0.2)
        self.fc = nn.Linear((2 if bidirectional else 1) * hidden_size, classes)

    def forward(self, x):  # (batch, steps, channels)
        return self.fc(self.dropout(self.rnn(x)[0].mean(1)))


def read(path):
    """[(float32 (steps, channels), label)]; missing values are filled in between their neighbors."""
    windows = []
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8", newline="") as file:
        if path.removesuffix(".gz").endswith(".csv"):
            rows = {}
            for row in csv.DictReader(file):
                rows.setdefault((row.pop("window"), row.pop("label")), []).append([float(v or "nan") for v in row.values()])
            windows = [(np.array(steps, np.float32), label) for (_, label), steps in rows.items()]
        else:
            lines = [line.strip() for line in file if line.strip() and not line.startswith(("#", "@"))]
            for *channels, label in (line.split(":") for line in lines):
                values = [[float(v.replace("?", "nan")) for v in channel.split(",")] for channel in channels]
                windows.append((np.array(values, np.float32).T.copy(), label.strip()))
    for values, _ in windows:
        for channel in values.T:
            known = np.flatnonzero(~np.isnan(channel))
            channel[:] = np.interp(np.arange(len(channel)), known, channel[known])
    return windows


def by_length(windows):
    """Batches of windows of one length each."""
    groups = {}
    for x, y in windows:
        groups.setdefault(len(x), []).append((x, y))
    return [(torch.stack([x for x, _ in group]), torch.tensor([y for _, y in group])) for group in groups.values()]


def train(model, windows, epochs, batch_size, learning_rate):
    optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate, weight_decay=1e-2)
    steps = epochs * -(-len(windows) // batch_size)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, learning_rate, total_steps=steps)
    model.train()
    for _ in range(epochs):
        random.shuffle(windows)
        for start in range(0, len(windows), batch_size):
            batch = windows[start:start + batch_size]
            optimizer.zero_grad()
            for x, y in by_length(batch):
                x = x * (1 + 0.1 * torch.randn(len(x), 1, 1)) + 0.1 * torch.randn_like(x)  # never the same twice
                (nn.functional.cross_entropy(model(x), y, reduction="sum") / len(batch)).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
    model.eval()


def fold(rnn, mean, deviation):
    """Has the first layer read values as they are: W (x - mean) / deviation + b = (W / deviation) x + b - ..."""
    with torch.no_grad():
        for name in [name for name, _ in rnn.named_parameters() if name.startswith("weight_ih_l0")]:
            weight = getattr(rnn, name)
            weight /= deviation
            getattr(rnn, name.replace("weight", "bias")).sub_(weight @ mean)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--input", required=True, metavar="FILE", help="labelled windows to learn from")
    parser.add_argument("--test", metavar="FILE", help="labelled windows that are only scored")
    parser.add_argument("--cell", choices=CELLS, default="gru")
    parser.add_argument("--hidden-size", type=int, default=32)
    parser.add_argument("--num-layers", type=int, default=2)
    parser.add_argument("--unidirectional", action="store_true")
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--learning-rate", type=float, default=4e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--name", required=True, help="name of the model: letters, digits, . _ -")
    parser.add_argument("--version", type=int, default=1)
    parser.add_argument("--out", required=True, metavar="FILE")
    options = parser.parse_args()
    torch.set_num_threads(1)  # the same bits on every machine of the same kind, and small matrices
    torch.manual_seed(options.seed)
    random.seed(options.seed)

    windows = read(options.input)
    classes = sorted({label for _, label in windows})
    steps = torch.from_numpy(np.concatenate([x for x, _ in windows]))
    mean, deviation = steps.mean(0), steps.std(0).clamp(min=1e-30)
    model = Classifier(options.cell, steps.shape[1], options.hidden_size, options.num_layers,
                       not options.unidirectional, len(classes))
    train(model, [((torch.from_numpy(x) - mean) / deviation, classes.index(y)) for x, y in windows],
          options.epochs, options.batch_size, options.learning_rate)
    fold(model.rnn, mean, deviation)

    metadata = {
        "format": "pt", "weir.task": "classify", "weir.format": "1", "weir.name": options.name,
        "weir.version": str(options.version), "weir.cell": options.cell, "weir.mode": "many-to-one",
        "weir.readout": "mean", "weir.classes": json.dumps(classes),
        "weir.provenance.trained_with":
            f"torch {torch.__version__}, train_classifier.py, seed {options.seed}, {options.epochs} epochs, "
            f"batch {options.batch_size}, learning rate {options.learning_rate}"}
    write_safetensors(options.out, model.state_dict(), metadata)
    result = {"out": options.out, "windows": len(windows), "classes": classes}
    if options.test:
        with torch.no_grad():
            said = [(model(torch.from_numpy(x)[None]).argmax().item(), classes.index(y)) for x, y in read(options.test)]
        result["accuracy"] = sum(answer == y for answer, y in said) / len(said)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
