"""Forecasts and gradients of networks that combine candidates, by PyTorch: candidate_fixtures.py FOLDER WEIR

Writes MODEL.safetensors and MODEL.json for a few shapes: inputs, outputs and the gradient of sum(y * d). For the model
file WEIR writes weir.json alone.
"""

import json
import os
import sys

import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../main/python"))
from candidate_network import FEATURES, GLOBALS, INPUTS, STEP_FEATURES, WINDOW, CandidateNetwork, load, save  # noqa: E402

folder = sys.argv[1]
NAMES = [f"candidate-{i}" for i in range(7)]
SHAPES = {  # cell, hidden_size, num_layers, bidirectional, units, steps, kinds of the candidates
    "gru": ("gru", 5, 2, True, 7, 6, [[3, 0, 6, 2], [1, -1, 4, -1], [5, 6, 2, 1]]),
    "lstm": ("lstm", 3, 1, True, 10, 1, [[0, 1, 2, 3, 4, 5, 6]]),
    "rnn": ("rnn_tanh", 6, 3, False, 4, 5, [[4, -1], [2, 2]]),
}


def numbers(tensor):
    return [float(value) for value in tensor.detach().flatten()]


def write(name, network, steps, kinds):
    batch, candidates = len(kinds), len(kinds[0])
    window = torch.randn(batch, WINDOW, INPUTS)
    of_series = torch.randn(batch, GLOBALS)
    of_candidates = torch.randn(batch, steps, candidates, FEATURES)
    of_steps = torch.randn(batch, steps, STEP_FEATURES)
    d = torch.randn(batch, steps)
    y = network(window, of_series, torch.tensor(kinds), of_candidates, of_steps)
    (y * d).sum().backward()
    content = {
        "steps": steps, "kinds": kinds, "window": numbers(window), "of_series": numbers(of_series),
        "of_candidates": numbers(of_candidates), "of_steps": numbers(of_steps), "y": numbers(y), "d": numbers(d),
        "gradient": {key: numbers(value.grad) for key, value in network.named_parameters()},
    }
    with open(f"{folder}/{name}.json", "w") as file:
        json.dump(content, file)


for seed, (name, (cell, hidden, layers, both, units, steps, kinds)) in enumerate(SHAPES.items()):
    torch.manual_seed(seed)
    network = CandidateNetwork(len(NAMES), cell, hidden, layers, both, units)
    for parameter in network.parameters():
        parameter.data += 0.2 * torch.randn_like(parameter)
    network.prior += torch.randn(len(NAMES))
    save(network, f"{folder}/{name}.safetensors", name, NAMES)
    write(name, network, steps, kinds)
torch.manual_seed(9)
write("weir", load(sys.argv[2])[0], 3, [[0, 2, 17, 11, 11, 5], [9, -1, 4, 12, 1, -1]])
