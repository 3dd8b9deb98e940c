"""Forecasts of networks with several targets: targets_fixtures.py FOLDER

Writes NAME.safetensors and NAME.json for a few shapes: values of the targets (null: missing) and features of one
series, and the forecast at each origin whose window is full, (horizon, targets). The equations are those of torch.nn.RNN,
LSTM and GRU, in NumPy and double precision on float32 weights and inputs. With --torch each answer of a network is
compared with PyTorch's.
"""

import json
import struct
import sys

import numpy as np

folder = sys.argv[1]
WITH_TORCH = "--torch" in sys.argv
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
GATES = {"rnn_tanh": 1, "rnn_relu": 1, "lstm": 4, "gru": 3}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def step(cell, gi, gh, h, c):
    """One time step; gi and gh are the two affine maps, c the cell state of an LSTM. Returns h, c."""
    if cell == "rnn_tanh":
        return np.tanh(gi + gh), c
    if cell == "rnn_relu":
        return np.maximum(gi + gh, 0), c
    if cell == "lstm":
        i, f, g, o = np.split(gi + gh, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        return sigmoid(o) * np.tanh(c), c
    (ri, zi, ni), (rh, zh, nh) = np.split(gi, 3), np.split(gh, 3)
    r, z = sigmoid(ri + rh), sigmoid(zi + zh)
    return (1 - z) * np.tanh(ni + r * nh) + z * h, c


def run(cell, weights, layers, both, x):
    """(seq_len, input_size) -> out, (seq_len, directions * hidden_size), and the last layer's h_n, joined."""
    for layer in range(layers):
        outs, finals = [], []
        for suffix in [f"l{layer}", f"l{layer}_reverse"][:2 if both else 1]:
            w_ih, w_hh, b_ih, b_hh = (weights[f"rnn.{name}_{suffix}"].astype(np.float64)
                                      for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
            h = c = np.zeros(w_hh.shape[1])
            out = [None] * len(x)
            for t in range(len(x))[::-1 if suffix.endswith("_reverse") else 1]:
                h, c = step(cell, w_ih @ x[t] + b_ih, w_hh @ h + b_hh, h, c)
                out[t] = h
            outs.append(np.array(out))
            finals.append(h)
        x = np.concatenate(outs, 1)
    return x, np.concatenate(finals)


def check(cell, weights, layers, both, x, out, h_n):
    import torch
    kind = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}.get(cell, torch.nn.RNN)
    words = {"nonlinearity": "relu"} if cell == "rnn_relu" else {}
    rnn = kind(x.shape[1], h_n.size // (2 if both else 1), layers, bidirectional=both, batch_first=True, **words).double()
    rnn.load_state_dict({name[4:]: torch.from_numpy(w.astype(np.float64)) for name, w in weights.items() if name[0] == "r"})
    with torch.no_grad():
        expected, state = rnn(torch.from_numpy(x)[None])
    state = (state[0] if cell == "lstm" else state)[-2 if both else -1:].reshape(-1)
    assert np.allclose(expected[0].numpy(), out, atol=1e-12) and np.allclose(state.numpy(), h_n, atol=1e-12)


def filled(values):
    """A missing one is the newest before it, else the next after it, else 0."""
    values = values.copy()
    known = np.flatnonzero(~np.isnan(values))
    for t in np.flatnonzero(np.isnan(values)):
        before = known[known < t]
        values[t] = values[before[-1]] if before.size else values[known[0]] if known.size else 0
    return values


def center_and_scale(rule, window, fixed):
    if rule == "none" or rule == "fixed":
        return (0, 1) if rule == "none" else fixed
    return window.mean() if rule == "window" else window[-1], window.std() or 1


def write(path, tensors, metadata):
    header, at = {"__metadata__": metadata}, 0
    for name, tensor in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [at, at + tensor.nbytes]}
        at += tensor.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(tensor.tobytes() for tensor in tensors.values()))


def main():
    for seed, (name, shape) in enumerate(SHAPES.items()):
        cell, many, seq_len, horizon, targets, features, hidden, layers, both, scaling, named = shape
        random = np.random.default_rng(seed)
        bound, directions = hidden ** -0.5, 2 if both else 1
        weights = {}
        for layer in range(layers):
            inputs = targets + features if layer == 0 else directions * hidden
            for suffix in [f"l{layer}", f"l{layer}_reverse"][:directions]:
                for kind, columns in (("weight_ih", inputs), ("weight_hh", hidden), ("bias_ih", 0), ("bias_hh", 0)):
                    rows = GATES[cell] * hidden
                    weights[f"rnn.{kind}_{suffix}"] = random.uniform(
                        -bound, bound, (rows, columns) if columns else rows).astype(np.float32)
        headed = not name.startswith("bare")
        if headed:
            rows = (1 if many else horizon) * targets
            weights["fc.weight"] = random.uniform(-bound, bound, (rows, directions * hidden)).astype(np.float32)
            weights["fc.bias"] = random.uniform(-bound, bound, rows).astype(np.float32)

        count = seq_len + ORIGINS - 1
        level = random.permutation(np.linspace(-2, 2, targets)).round(3)
        values = (level + (1 + np.arange(targets)) * 0.5 * random.standard_normal((count, targets))).round(3)
        observed = random.standard_normal((count, features)).round(3)
        values[0, 1] = np.nan  # the next after it
        values[2, 0] = np.nan
        values[count - 2, targets - 1] = np.nan
        fixed = [(0.25 + k, 1.5 + 0.5 * k) for k in range(targets)]
        readout = "h_n" if seed % 2 else "out[:, -1]"

        forecasts = []
        for first in range(ORIGINS):
            window = np.array([filled(column) for column in values[first:first + seq_len].T])
            scales = np.array([center_and_scale(scaling, window[k], fixed[k]) for k in range(targets)])
            x = np.concatenate(((window.T - scales[:, 0]) / scales[:, 1], observed[first:first + seq_len]), 1)
            x = x.astype(np.float32).astype(np.float64)
            out, h_n = run(cell, weights, layers, both, x)
            if WITH_TORCH:
                check(cell, weights, layers, both, x, out, h_n)
            h = out if many else h_n if readout == "h_n" else out[-1]
            if headed:
                y = h @ weights["fc.weight"].astype(np.float64).T + weights["fc.bias"]
            else:
                y = h.reshape(directions, -1).mean(0)
            y = y.reshape(horizon, targets)  # many-to-one: fc(h).view(horizon, targets)
            forecasts.append((scales[:, 0] + scales[:, 1] * y).tolist())

        metadata = {
            "format": "pt", "weir.name": name, "weir.cell": cell, "weir.seq_len": str(seq_len),
            "weir.mode": "many-to-many" if many else "many-to-one", "weir.readout": readout, "weir.scaling": scaling,
            "weir.targets": ",".join(f"t{k}" for k in range(targets)) if named else str(targets)}
        if scaling == "fixed":
            metadata["weir.center"] = ",".join(str(center) for center, _ in fixed)
            metadata["weir.scale"] = ",".join(str(scale) for _, scale in fixed)
        write(f"{folder}/{name}.safetensors", weights, metadata)
        with open(f"{folder}/{name}.json", "w") as file:
            json.dump({"values": [[None if v != v else v for v in row] for row in values.tolist()],
                       "features": observed.tolist(), "forecasts": forecasts}, file)


if __name__ == "__main__":
    main()
