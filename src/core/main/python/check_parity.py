#!/usr/bin/env python3
"""Runs a Weir model file in PyTorch and prints its forecasts as JSON, to be compared with Java's.

Windows come from a JSON file ([[v, v, ...], ...], raw values, oldest first) or, with --sample, from
CSV files. Scaling is float64, the network float32, as in Weir.
"""

import argparse
import json
import sys

import numpy as np
import torch

from train_birnn import Forecaster, center_and_scale, read_safetensors, read_series


def load(path):
    tensors, metadata = read_safetensors(path)
    recurrent = {name: tensor for name, tensor in tensors.items() if name.startswith("rnn.")}
    model = Forecaster(
        cell=metadata["weir.cell"],
        mode=metadata["weir.mode"],
        input_size=recurrent["rnn.weight_ih_l0"].shape[1],
        hidden_size=recurrent["rnn.weight_hh_l0"].shape[1],
        num_layers=sum(name.startswith("rnn.weight_ih") and "reverse" not in name for name in recurrent),
        bidirectional="rnn.weight_ih_l0_reverse" in recurrent,
        horizon=int(metadata["weir.horizon"]),
        bias="rnn.bias_ih_l0" in recurrent)
    model.load_state_dict(tensors)
    return model.eval(), metadata


def forecasts(model, metadata, windows):
    """windows: (n, seq_len) float64, raw -> (n, horizon) float64 in the series' unit"""
    fixed = (float(metadata.get("weir.center", 0)), float(metadata.get("weir.scale", 1)))
    center, scale = center_and_scale(metadata["weir.scaling"], windows, fixed)
    x = ((windows - center[:, None]) / scale[:, None])[:, :, None].astype(np.float32)
    with torch.no_grad():
        y = model(torch.from_numpy(x), metadata["weir.readout"]).numpy().astype(np.float64)
    return center[:, None] + scale[:, None] * y, y


def sampled(paths, seq_len, count):
    """Windows spread evenly over the series and over their time; no randomness. With count 0 the newest of each."""
    series = list(read_series(paths).values())
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
    parser.add_argument("--count", type=int, default=20, help="windows to take with --sample; 0: the newest of each series")
    options = parser.parse_args()
    torch.set_num_threads(1)
    model, metadata = load(options.model)
    if options.sample:
        windows = sampled(options.sample, int(metadata["weir.seq_len"]), options.count)
    else:
        with sys.stdin if options.windows == "-" else open(options.windows, encoding="utf-8") as file:
            windows = np.array(json.load(file), dtype=np.float64)
    forecast, network = forecasts(model, metadata, windows)
    print(json.dumps({
        "name": metadata["weir.name"],
        "mode": metadata["weir.mode"],
        "torch_version": torch.__version__,
        "windows": windows.tolist(),  # (n, seq_len), raw
        "network": network.tolist(),  # (n, horizon), float32 answers before un-scaling
        "forecasts": forecast.tolist(),  # (n, horizon), the series' unit
    }, indent=1))


if __name__ == "__main__":
    main()
