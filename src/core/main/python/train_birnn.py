#!/usr/bin/env python3
"""Trains a stacked (bidirectional) recurrent forecaster with PyTorch and exports it for Weir.

Needs torch and numpy, nothing else. Input: CSV files with columns series_id,timestamp,value, evenly
spaced and in order. Output: a safetensors file that `weir model inspect` and the job read.

Scaling is the rule `last`: with c = newest value of the window and s = its population standard
deviation (1 where that is 0), the network sees (x - c) / s and answers (target - c) / s. The head
starts at zero, so the untrained network is exactly the naive forecast "repeat the last value".

The loss is the absolute error in the series' own unit, divided by the naive forecast's mean absolute
error on that series' training part: a loss of 0.9 reads "10 % better than naive".
"""

import argparse
import copy
import csv
import json
import os
import struct
import sys

import numpy as np
import torch
from torch import nn

CELLS = {
    "rnn_tanh": lambda **sizes: nn.RNN(nonlinearity="tanh", **sizes),
    "rnn_relu": lambda **sizes: nn.RNN(nonlinearity="relu", **sizes),
    "lstm": nn.LSTM,
    "gru": nn.GRU,
}
HELD_OUT = 0.2  # of each series' time, at its end: never trained on, never used to choose an epoch
VALIDATION = 0.15  # of the rest, at its end: chooses the epoch


class Forecaster(nn.Module):
    """`rnn` and `fc`, the names that most PyTorch programs give them."""

    def __init__(self, cell, mode, input_size, hidden_size, num_layers, bidirectional, horizon, bias=True):
        super().__init__()
        self.mode = mode
        self.rnn = CELLS[cell](
            input_size=input_size, hidden_size=hidden_size, num_layers=num_layers,
            bidirectional=bidirectional, bias=bias, batch_first=True)
        directions = 2 if bidirectional else 1
        self.fc = nn.Linear(directions * hidden_size, horizon if mode == "many-to-one" else 1)
        nn.init.zeros_(self.fc.weight)
        nn.init.zeros_(self.fc.bias)

    def forward(self, x, readout="h_n"):  # x: (batch, seq_len, input_size) -> (batch, horizon)
        out, h_n = self.rnn(x)
        if self.mode == "many-to-many":
            return self.fc(out).squeeze(-1)  # step i answers for the i-th value after the window
        if readout == "out[:, -1]":
            return self.fc(out[:, -1])
        if isinstance(h_n, tuple):  # LSTM: (h_n, c_n)
            h_n = h_n[0]
        last_layer = h_n[-2:] if self.rnn.bidirectional else h_n[-1:]
        return self.fc(torch.cat(tuple(last_layer), dim=-1))


def center_and_scale(rule, windows, fixed=(0.0, 1.0)):
    """float64 center and scale of each window; windows: (n, seq_len)."""
    n = len(windows)
    if rule == "none":
        return np.zeros(n), np.ones(n)
    if rule == "fixed":
        return np.full(n, fixed[0]), np.full(n, fixed[1])
    scale = windows.std(axis=1)
    scale[scale == 0] = 1.0
    return (windows[:, -1] if rule == "last" else windows.mean(axis=1)), scale


def read_series(paths):
    """{series_id: float64 values in file order}"""
    series = {}
    for path in paths:
        with open(path, newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                series.setdefault(row["series_id"], []).append(float(row["value"]))
    return {name: np.array(values, dtype=np.float64) for name, values in series.items()}


def windows_and_targets(values, seq_len, horizon, first_target, end_target):
    """Windows whose targets all have an index in [first_target, end_target)."""
    first_origin = max(seq_len - 1, first_target - 1)
    origins = np.arange(first_origin, end_target - horizon)
    windows = values[origins[:, None] + np.arange(-seq_len + 1, 1)]
    targets = values[origins[:, None] + np.arange(1, horizon + 1)]
    return windows, targets


def batch_of(windows, targets, naive_mae):
    center, scale = center_and_scale("last", windows)
    x = ((windows - center[:, None]) / scale[:, None])[:, :, None]
    y = (targets - center[:, None]) / scale[:, None]
    weight = scale / naive_mae  # from the network's unit to "naive errors of this series"
    return [torch.from_numpy(a.astype(np.float32)) for a in (x, y, weight)]


def naive_mae(windows, targets):
    return float(np.abs(targets - windows[:, -1:]).mean())


def relative_mae(model, windows, targets):
    """Mean absolute error in the series' unit, divided by naive's on the same windows."""
    center, scale = center_and_scale("last", windows)
    x = ((windows - center[:, None]) / scale[:, None])[:, :, None].astype(np.float32)
    with torch.no_grad():
        y = model(torch.from_numpy(x)).numpy().astype(np.float64)
    forecast = center[:, None] + scale[:, None] * y
    return float(np.abs(forecast - targets).mean()) / naive_mae(windows, targets)


def loss_of(model, x, y, weight):
    return ((model(x) - y).abs() * weight[:, None]).mean()


def train(model, training, validation, epochs, batch_size, learning_rate, generator):
    x, y, weight = training
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    steps = epochs * (len(x) // batch_size)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    best, best_loss = copy.deepcopy(model.state_dict()), float("inf")
    for epoch in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for start in range(0, len(x) - batch_size + 1, batch_size):
            rows = order[start:start + batch_size]
            optimizer.zero_grad()
            loss_of(model, x[rows], y[rows], weight[rows]).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        with torch.no_grad():
            loss = loss_of(model, *validation).item()
        if loss < best_loss:
            best, best_loss = copy.deepcopy(model.state_dict()), loss
        print(f"epoch {epoch + 1}/{epochs}: validation {loss:.4f}, best {best_loss:.4f}", file=sys.stderr)
    model.load_state_dict(best)


def write_safetensors(path, tensors, metadata):
    """Deterministic: tensors in the given order, metadata sorted, header padded by spaces to 8 bytes."""
    header = {"__metadata__": dict(sorted(metadata.items()))}
    blobs, offset = [], 0
    for name, tensor in tensors.items():
        blob = tensor.detach().contiguous().numpy().astype("<f4").tobytes()
        header[name] = {
            "dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(blob)]}
        offset += len(blob)
        blobs.append(blob)
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
    text += b" " * (-len(text) % 8)
    partial = f"{path}.partial"
    with open(partial, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))
    os.replace(partial, path)


def read_safetensors(path):
    """(tensors, metadata) of a file of F32 tensors; trusts the file, unlike Weir's own reader."""
    with open(path, "rb") as file:
        raw = file.read()
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8:8 + length])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        flat = np.frombuffer(raw[8 + length + begin:8 + length + end], dtype="<f4")
        tensors[name] = torch.from_numpy(flat.reshape(entry["shape"]).copy())
    return tensors, metadata


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--input", nargs="+", required=True, metavar="CSV", help="series to learn from")
    parser.add_argument("--unseen", nargs="*", default=[], metavar="CSV",
                        help="series that are only scored, on their last 20 %%")
    parser.add_argument("--mode", choices=["many-to-one", "many-to-many"], default="many-to-one")
    parser.add_argument("--cell", choices=CELLS, default="rnn_tanh")
    parser.add_argument("--seq-len", type=int, default=5, help="values in a window")
    parser.add_argument("--horizon", type=int, default=2,
                        help="values in a forecast; many-to-many: ignored, it is seq-len")
    parser.add_argument("--hidden-size", type=int, default=16)
    parser.add_argument("--num-layers", type=int, default=2)
    parser.add_argument("--unidirectional", action="store_true")
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--learning-rate", type=float, default=3e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--name", required=True, help="name of the model: letters, digits, . _ -")
    parser.add_argument("--version", type=int, default=1)
    parser.add_argument("--out", required=True, metavar="FILE")
    options = parser.parse_args()
    if options.mode == "many-to-many":
        options.horizon = options.seq_len

    torch.set_num_threads(1)  # the same bits on every machine of the same kind, and small matrices
    torch.manual_seed(options.seed)
    generator = torch.Generator().manual_seed(options.seed)

    training, validation, held_out = [], [], {}
    shape = (options.seq_len, options.horizon)
    for name, values in read_series(options.input).items():
        split = round(len(values) * (1 - HELD_OUT))
        inner = round(split * (1 - VALIDATION))
        learned = windows_and_targets(values, *shape, 0, inner)
        unit = naive_mae(*learned)
        training.append(batch_of(*learned, unit))
        validation.append(batch_of(*windows_and_targets(values, *shape, inner, split), unit))
        held_out[name] = windows_and_targets(values, *shape, split, len(values))
    training = [torch.cat(parts) for parts in zip(*training)]
    validation = [torch.cat(parts) for parts in zip(*validation)]
    print(f"{len(held_out)} series, {len(training[0])} training windows", file=sys.stderr)

    model = Forecaster(options.cell, options.mode, 1, options.hidden_size, options.num_layers,
                       not options.unidirectional, options.horizon)
    train(model, training, validation, options.epochs, options.batch_size, options.learning_rate, generator)

    scores = {name: relative_mae(model, *held_out[name]) for name in sorted(held_out)}
    mean = float(np.exp(np.mean(np.log(list(scores.values())))))
    unseen = {}
    for name, values in read_series(options.unseen).items():
        split = round(len(values) * (1 - HELD_OUT))
        unseen[name] = relative_mae(model, *windows_and_targets(values, *shape, split, len(values)))

    metadata = {
        "format": "pt",
        "weir.format": "1",
        "weir.name": options.name,
        "weir.version": str(options.version),
        "weir.cell": options.cell,
        "weir.mode": options.mode,
        "weir.seq_len": str(options.seq_len),
        "weir.horizon": str(options.horizon),
        "weir.readout": "h_n",
        "weir.scaling": "last",
        "weir.provenance.trained_on": " ".join(sorted(held_out)),
        "weir.provenance.trained_with":
            f"torch {torch.__version__}, train_birnn.py, seed {options.seed}, {options.epochs} epochs, "
            f"batch {options.batch_size}, learning rate {options.learning_rate}",
        "weir.provenance.score": "MAE relative to naive, last 20 % of each series, never trained on",
        "weir.provenance.relmae": f"{mean:.4f}",
    }
    for name, score in scores.items():
        metadata[f"weir.provenance.relmae.{name}"] = f"{score:.4f}"
    for name, score in unseen.items():
        metadata[f"weir.provenance.relmae_unseen.{name}"] = f"{score:.4f}"
    write_safetensors(options.out, model.state_dict(), metadata)
    print(json.dumps({"out": options.out, "relmae": mean, "by_series": scores, "unseen": unseen}, indent=1))


if __name__ == "__main__":
    main()
