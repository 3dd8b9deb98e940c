"""Forecasts of networks with several targets, by PyTorch: targets_fixtures.py FOLDER [COUNT]

Writes NAME.safetensors and NAME.json for a few shapes, or for COUNT random ones: values of the targets (null: missing)
and features of one series, and the forecast at each origin whose window is full, (horizon, targets).
"""

import json
import os
import sys

import numpy as np
import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../main/python"))
from check_parity import NoHead, forecasts  # noqa: E402
from train_birnn import CELLS, Forecaster, write_safetensors  # noqa: E402

ORIGINS = 5
# cell, many_to_many, seq_len, horizon, targets, features, hidden_size, num_layers, bidirectional, scaling, named
SHAPES = {
    "one-rnn": ("rnn_tanh", False, 5, 4, 3, 1, 7, 2, True, "window", True),
    "one-relu": ("rnn_relu", False, 6, 2, 2, 0, 9, 1, False, "last", True),
    "one-lstm": ("lstm", False, 4, 6, 5, 2, 8, 2, False, "fixed", False),
    "one-gru": ("gru", False, 7, 3, 2, 1, 5, 2, True, "none", True),
    "many-rnn": ("rnn_tanh", True, 4, 4, 3, 0, 6, 1, False, "last", False),
    "many-relu": ("rnn_relu", True, 3, 3, 2, 1, 4, 2, True, "fixed", True),
    "many-lstm": ("lstm", True, 6, 6, 2, 0, 7, 1, True, "window", True),
    "many-gru": ("gru", True, 5, 5, 4, 3, 10, 2, False, "fixed", True),
    "bare-gru": ("gru", False, 4, 2, 3, 0, 6, 1, True, "window", True),  # no head: hidden_size = horizon * targets
}


def random_shapes(count):
    """Larger ones, in turn of each cell, mode and direction; each second of 32 targets and 64 hidden units."""
    random = np.random.default_rng(count)
    shapes = {}
    for i in range(count):
        many, both = i // 4 % 2 == 1, i // 8 % 2 == 1
        seq_len = int(random.integers(4, 25))
        shapes[f"random-{i}"] = (
            list(CELLS)[i % 4], many, seq_len, seq_len if many else int(random.integers(2, 25)),
            32 if i % 2 else int(random.integers(2, 32)), int(random.integers(0, 6)),
            64 if i % 2 else int(random.integers(11, 64)), int(random.integers(1, 4)), both,
            str(random.choice(["last", "window", "none", "fixed"])), bool(random.integers(2)))
    return shapes


def main():
    folder = sys.argv[1]
    for seed, (name, shape) in enumerate((random_shapes(int(sys.argv[2])) if sys.argv[2:] else SHAPES).items()):
        cell, many, seq_len, horizon, targets, features, hidden, layers, both, scaling, named = shape
        mode = "many-to-many" if many else "many-to-one"
        torch.manual_seed(seed)
        model = Forecaster(cell, mode, targets + features, hidden, layers, both, horizon, targets=targets)
        model.fc.reset_parameters()
        if name.startswith("bare"):
            model.fc = NoHead(hidden)

        random = np.random.default_rng(seed)
        count = seq_len + ORIGINS - 1
        level = random.permutation(np.linspace(-2, 2, targets)).round(3)
        values = (level + (1 + np.arange(targets) % 5) * 0.5 * random.standard_normal((count, targets))).round(3)
        observed = random.standard_normal((count, features)).round(3)
        values[0, 1] = np.nan  # the next after it
        values[2, 0] = np.nan
        values[count - 2, targets - 1] = np.nan
        metadata = {
            "format": "pt", "weir.name": name, "weir.cell": cell, "weir.seq_len": str(seq_len), "weir.mode": mode,
            "weir.readout": "h_n" if seed % 2 else "out[:, -1]", "weir.scaling": scaling,
            "weir.targets": ",".join(f"t{k}" for k in range(targets)) if named else str(targets)}
        if scaling == "fixed":
            metadata["weir.center"] = ",".join(str(0.25 + k % 5) for k in range(targets))
            metadata["weir.scale"] = ",".join(str(1.5 + 0.5 * (k % 5)) for k in range(targets))
        write_safetensors(f"{folder}/{name}.safetensors", model.state_dict(), metadata)

        steps = np.concatenate((values, observed), 1)
        windows = np.array([steps[first:first + seq_len] for first in range(ORIGINS)])
        answers = forecasts(model, metadata, windows)[0]
        with open(f"{folder}/{name}.json", "w") as file:
            json.dump({"values": [[None if v != v else v for v in row] for row in values.tolist()],
                       "features": observed.tolist(), "forecasts": answers.tolist()}, file)


if __name__ == "__main__":
    main()
