"""Forecasts and gradients of networks that read windows and seasons, by PyTorch: seasonal_fixtures.py FOLDER [MODEL ...]

Writes NAME.safetensors and NAME.json for a few shapes: series, what the network reads of them, forecasts, and the
gradient of sum(y * d). For each model file writes the json alone.
"""

import json
import os
import sys

import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../main/python"))
from seasonal_network import SeasonalNetwork, inputs, load, save  # noqa: E402

folder = sys.argv[1]
SHAPES = {  # many_to_many, seq_len, horizon of the head, cell, hidden_size, num_layers, bidirectional, steps ahead
    "one-gru": (False, 6, 9, "gru", 5, 2, True, 7),
    "one-lstm": (False, 4, 3, "lstm", 3, 1, False, 3),
    "many-rnn": (True, 5, 8, "rnn_tanh", 6, 2, True, 4),
    "many-relu": (True, 7, 2, "rnn_relu", 4, 1, True, 10),
}
SERIES = [(3, 58), (5, 23), (1, 12), (4, 3)]  # season and length: with a week, without, no season, too short for one


def numbers(tensor):
    return [float(value) for value in tensor.detach().flatten()]


def write(name, network, horizon):
    content = {"horizon": horizon, "series": [], "x": [], "candidates": [], "scales": [], "units": []}
    rows = []
    for season, length in SERIES:
        values = [round(float(v), 3) for v in 10 + torch.randn(length).cumsum(0) + 2 * torch.randn(length)]
        x, candidates, scale, unit = inputs(values, season, network.seq_len, horizon, network.many_to_many)
        rows.append((x, (candidates / scale).float(), unit / scale))
        content["series"].append({"season": season, "values": values})
        content["x"] += numbers(x)
        content["candidates"] += numbers(candidates)
        content["scales"].append(scale)
        content["units"].append(unit / scale)
    x, candidates, units = (list(column) for column in zip(*rows))
    y = network(torch.stack(x), torch.stack(candidates), torch.tensor(units))
    d = torch.randn_like(y)
    (y * d).sum().backward()
    content.update(y=numbers(y), d=numbers(d))
    content["gradient"] = {key: numbers(value.grad) for key, value in network.named_parameters()}
    with open(f"{folder}/{name}.json", "w") as file:
        json.dump(content, file)


for seed, (name, (both, seq_len, longest, cell, hidden, layers, directions, steps)) in enumerate(SHAPES.items()):
    torch.manual_seed(seed)
    network = SeasonalNetwork(both, seq_len, longest, cell, hidden, layers, directions)
    for parameter in network.parameters():
        parameter.data += 0.2 * torch.randn_like(parameter)
    save(network, f"{folder}/{name}.safetensors", name)
    write(name, network, steps)
for path in sys.argv[2:]:
    torch.manual_seed(9)
    network, metadata = load(path)
    write(metadata["weir.name"], network, 7)
