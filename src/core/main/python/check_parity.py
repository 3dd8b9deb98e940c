#!/usr/bin/env python3
"""Runs a Weir model file in PyTorch and prints its forecasts as JSON, to be compared with Java's.

Windows come from a JSON file ([[v, v, ...], ...], raw values, oldest first) or, with --sample, from
CSV files. With several targets or features each v is a list: the targets (null: missing), then what the
network reads unscaled. Scaling is float64, the network float32, as in Weir.
"""

import argparse
import json
import sys

import numpy as np
import torch
from torch import nn

from train_birnn import Forecaster, center_and_scale, filled, read_safetensors, read_series


class NoHead(nn.Module):
    """The hidden state is the forecast, both directions averaged."""

    def __init__(self, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size

    def forward(self, h):
        return h.unflatten(-1, (-1, self.hidden_size)).mean(-2)


def target_names(metadata):
    """Those of weir.targets, which may be their number alone."""
    names = metadata.get("weir.targets", "value").split(",")
    return names if not names[0].isdigit() else [f"t{k}" for k in range(int(names[0]))]


def load(path):
    tensors, metadata = read_safetensors(path)
    tensors = {("rnn." if "_l" in name else "fc.") + name.split(".")[-1]: tensor for name, tensor in tensors.items()}
    hidden_size = tensors["rnn.weight_hh_l0"].shape[1]
    targets = len(target_names(metadata))
    rows = len(tensors.get("fc.weight", range(hidden_size)))
    model = Forecaster(
        cell=metadata["weir.cell"],
        mode=metadata["weir.mode"],
        input_size=tensors["rnn.weight_ih_l0"].shape[1],
        hidden_size=hidden_size,
        num_layers=sum(name.startswith("rnn.weight_ih") and "reverse" not in name for name in tensors),
        bidirectional="rnn.weight_ih_l0_reverse" in tensors,
        horizon=rows // targets,
        bias="rnn.bias_ih_l0" in tensors,
        targets=targets)
    if "fc.weight" not in tensors:
        model.fc = NoHead(hidden_size)
    model.load_state_dict(tensors)
    return model.eval(), metadata


def forecasts(model, metadata, windows):
    """windows: (n, seq_len, input_size) float64, targets raw -> (n, horizon, targets) float64 in the targets' units"""
    fixed = [[float(number) for number in metadata.get(f"weir.{key}", default).split(",")]
             for key, default in (("center", "0"), ("scale", "1"))]
    values = filled(windows[:, :, :model.targets])
    center, scale = center_and_scale(metadata["weir.scaling"], values, fixed)
    x = np.concatenate(((values - center[:, None]) / scale[:, None], windows[:, :, model.targets:]), 2)
    with torch.no_grad():
        y = model(torch.from_numpy(x.astype(np.float32)), metadata["weir.readout"]).numpy().astype(np.float64)
    return center[:, None] + scale[:, None] * y, y


def sampled(paths, columns, seq_len, count):
    """Windows spread evenly over the series and over their time; no randomness. With count 0 the newest of each."""
    series = list(read_series(paths, columns).values())
    if count == 0:
        return np.array([values[-seq_len:] for values in series])
    windows = []
    for i in range(count):
        values = series[i % len(series)]
        start = (len(values) - seq_len) * (i + 1) // (count + 1)
        windows.append(values[start:start + seq_len])
    return np.array(windows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", metavar="MODEL.safetensors")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--windows", metavar="JSON", help="file with an array of windows, - for standard input")
    source.add_argument("--sample", nargs="+", metavar="CSV", help="take windows from these series")
    parser.add_argument("--columns", type=lambda names: names.split(","), metavar="NAME,NAME...",
                        help="columns of a step with --sample (default: the targets)")
    parser.add_argument("--count", type=int, default=20,
                        help="windows to take with --sample; 0: the newest of each series")
    options = parser.parse_args()
    torch.set_num_threads(1)
    model, metadata = load(options.model)
    if options.sample:
        columns = options.columns or target_names(metadata)
        windows = sampled(options.sample, columns, int(metadata["weir.seq_len"]), options.count)
    else:
        with sys.stdin if options.windows == "-" else open(options.windows, encoding="utf-8") as file:
            windows = np.array(json.load(file), dtype=np.float64)
    windows = windows.reshape(*windows.shape[:2], -1)
    forecast, network = forecasts(model, metadata, windows)

    def numbers(array):  # one number per step in place of a list of one; null for NaN
        array = array[:, :, 0] if array.shape[2] == 1 else array
        return np.where(np.isnan(array), None, array).tolist()

    print(json.dumps({
        "name": metadata["weir.name"],
        "mode": metadata["weir.mode"],
        "torch_version": torch.__version__,
        "windows": numbers(windows),  # (n, seq_len[, input_size]), raw
        "network": numbers(network),  # (n, horizon[, targets]), float32 answers before un-scaling
        "forecasts": numbers(forecast),  # (n, horizon[, targets]), the targets' units
    }, indent=1))


if __name__ == "__main__":
    main()
