"""Forecasts and gradients of networks that combine candidates, by PyTorch: candidate_fixtures.py FOLDER

Writes MODEL.safetensors and MODEL.json for a few shapes: inputs, outputs and the gradient of sum(y * d).
"""

import json
import os
import sys

import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../main/python"))
from candidate_network import FEATURES, GLOBALS, INPUTS, STEP_FEATURES, WINDOW, CandidateNetwork, save  # noqa: E402

folder = sys.argv[1]
NAMES = [f"candidate-{i}" for i in range(7)]
SHAPES = {  # cell, hidden_size, num_layers, bidirectional, steps, kinds of the candidates
    "gru": ("gru", 5, 2, True, 6, [[3, 0, 6, 2], [1, -1, 4, -1], [5, 6, 2, 1]]),
    "lstm": ("lstm", 3, 1, True, 1, [[0, 1, 2, 3, 4, 5, 6]]),
    "rnn": ("rnn_tanh", 6, 3, False, 5, [[4, -1], [2, 2]]),
}


def numbers(tensor):
    return [float(value) for value in tensor.detach().flatten()]


for seed, (name, (cell, hidden, layers, both, steps, kinds)) in enumerate(SHAPES.items()):
    torch.manual_seed(seed)
    network = CandidateNetwork(len(NAMES), cell, hidden, layers, both)
    for parameter in network.parameters():
        parameter.data += 0.2 * torch.randn_like(parameter)
    network.prior += torch.randn(len(NAMES))
    save(network, f"{folder}/{name}.safetensors", name, NAMES)
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
