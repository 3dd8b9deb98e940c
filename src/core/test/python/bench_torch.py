#!/usr/bin/python3
"""Times eager PyTorch over the shapes of src/lab/main/java/dev/weir/comparison/Work.java, on one thread, by its CPU time.

Debian's python3-torch is linked to the reference BLAS, which is many times slower than OpenBLAS; so:

    apt-get install python3-torch libopenblas0-pthread
    LD_LIBRARY_PATH=/usr/lib/x86_64-linux-gnu/openblas-pthread OPENBLAS_NUM_THREADS=1 \
        /usr/bin/python3 src/core/test/python/bench_torch.py [--quick] > target-bench/torch.json

It refuses to run on another BLAS, unless --any-blas is given.
"""
import argparse
import json
import sys
import time

import torch

FORWARD = ["RNN_TANH:3:2:1:5:1", "RNN_TANH:3:2:1:5:32", "RNN_TANH:2:32:4:24:1", "RNN_TANH:2:32:4:24:32",
           "RNN_TANH:2:64:4:96:1", "RNN_TANH:2:64:4:96:32", "LSTM:2:32:4:24:1", "GRU:2:32:4:24:1"]
SEED = 7  # as Shape.java draws: weights, then input
SAMPLES = 60  # values of out that the table checks


def blas_in_use():
    """The libraries of this process that multiply matrices."""
    names = set()
    with open("/proc/self/maps") as maps:
        for line in maps:
            path = line.split()[-1]
            if any(word in path for word in ("blas", "mkl")):
                names.add(path.rsplit("/", 1)[-1])
    return sorted(names)


def network(shape):
    cell, *sizes = shape.split(":")
    layers, hidden, inputs, steps, batch = map(int, sizes)
    torch.manual_seed(SEED)
    kind = {"RNN_TANH": torch.nn.RNN, "LSTM": torch.nn.LSTM, "GRU": torch.nn.GRU}[cell]
    net = kind(inputs, hidden, layers, batch_first=True, bidirectional=True)
    x = torch.empty(batch, steps, inputs).uniform_(-1, 1)
    return net, x


def timed(call, seconds, batches):
    """CPU nanoseconds of one call in each of some batches; warm after a third of the time."""
    calls, end = 0, time.thread_time() + seconds / 3
    while time.thread_time() < end:
        call()
        calls += 1
    per_batch = max(1, int(calls * 2 / batches))
    nanos = []
    for _ in range(batches):
        start = time.thread_time_ns()
        for _ in range(per_batch):
            call()
        nanos.append((time.thread_time_ns() - start) / per_batch)
    return nanos


def forward(shape, seconds, batches):
    net, x = network(shape)
    net.eval()
    with torch.inference_mode():
        out = net(x)[0].flatten()
        stride = max(1, out.numel() // SAMPLES)
        sample = out[: stride * min(SAMPLES, out.numel()) : stride].tolist()
        nanos = timed(lambda: net(x), seconds, batches)
    return {"kind": "forward", "shape": shape, "nanos": nanos, "out": sample}


def main():
    parser = argparse.ArgumentParser(description="Times eager PyTorch; prints JSON.")
    parser.add_argument("--quick", action="store_true", help="a sixth of the time")
    parser.add_argument("--any-blas", action="store_true", help="time whatever BLAS there is")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.mm(torch.ones(64, 64), torch.ones(64, 64))
    blas = blas_in_use()
    fast = any("openblas" in name or "mkl" in name for name in blas) or torch.backends.mkl.is_available()
    if not fast and not options.any_blas:
        sys.exit("BLAS: expected OpenBLAS or MKL, got %s; see the head of this file" % blas)
    seconds, batches = (0.75, 7) if options.quick else (4.5, 15)
    results = []
    for shape in FORWARD:
        print(shape, file=sys.stderr)
        results.append(forward(shape, seconds, batches))
    json.dump({"torch": torch.__version__, "blas": blas, "mkl": torch.backends.mkl.is_available(),
               "results": results}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
