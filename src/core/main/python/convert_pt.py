#!/usr/bin/env python3
"""Converts a PyTorch file to safetensors: convert_pt.py in.pt out.safetensors

The file holds a state_dict, or a checkpoint dictionary with one in it, such as {"state_dict": ..., "epoch": 7}.
It is read with weights_only=True, so that the pickle in it cannot run a program. A prefix "module." that
DataParallel puts before each name is removed. What shapes cannot tell (name, mode, seq_len, readout, scaling)
may be added: --set weir.mode=many-to-one
"""

import argparse
import os
import re
import sys
import warnings

import torch

from train_birnn import write_safetensors

USUAL = ("state_dict", "model_state_dict")  # Lightning, and torch's own tutorials
WRAPPER = "module."  # of DataParallel and DistributedDataParallel


def fail(message):
    sys.exit(f"convert_pt.py: {message}")


def load(path):
    warnings.simplefilter("ignore")  # what is wrong is said in one line
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        fail(f"{path}: expected a file, found none")
    except Exception as error:  # the restricted unpickler fails in many ways on what is no such file
        program = re.search(r"GLOBAL (\S+)", str(error))
        if program:
            fail(f"{path}: expected tensors, numbers and text alone, got {program.group(1)}, which only running the"
                 " file's pickle could load; save the weights alone: torch.save(net.state_dict(), ...)")
        got = "a TorchScript archive" if "TorchScript" in str(error) else f"another ({type(error).__name__})"
        fail(f"{path}: expected a file of torch.save(net.state_dict(), ...), got {got}")


def is_state_dict(value):
    return isinstance(value, dict) and any(
        str(name).endswith("weight_ih_l0") and isinstance(tensor, torch.Tensor) for name, tensor in value.items())


def state_dict(loaded, path, key=None):
    """The dictionary of tensors in what was loaded: itself, or the one under a key."""
    if not isinstance(loaded, dict):
        fail(f"{path}: expected a state_dict, got {type(loaded).__name__}")
    if key is None and is_state_dict(loaded):
        return loaded
    found = [name for name, value in loaded.items() if is_state_dict(value)]
    usual = [name for name in USUAL if name in found]
    if key is None and (usual or len(found) == 1):
        key = (usual or found)[0]
        print(f"{path}: taking {key} of {', '.join(map(str, loaded))}")
    if key not in found:
        what = "several, choose one with --key" if len(found) > 1 and key is None else "none"
        fail(f"{path}: expected a state_dict with torch's weight_ih_l0, got {what}; keys: {', '.join(map(str, loaded))}")
    return loaded[key]


def floats(state):
    """Its floating-point tensors, without the prefix of a wrapper."""
    wrapped = all(str(name).startswith(WRAPPER) for name in state)
    return {
        str(name)[len(WRAPPER) if wrapped else 0:]: tensor.float()
        for name, tensor in state.items()
        if isinstance(tensor, torch.Tensor) and tensor.is_floating_point()
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", metavar="IN.pt")
    parser.add_argument("target", metavar="OUT.safetensors")
    parser.add_argument("--key", help="which entry of a checkpoint dictionary, if several hold a state_dict")
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="metadata, e.g. weir.seq_len=5")
    parser.add_argument("--force", action="store_true", help="replace OUT.safetensors if it exists")
    options = parser.parse_args()
    if os.path.exists(options.target) and not options.force:
        fail(f"{options.target}: expected a file that is not there yet, or --force, got one")
    tensors = floats(state_dict(load(options.source), options.source, options.key))
    metadata = {"format": "pt", **dict(entry.split("=", 1) for entry in options.set)}
    write_safetensors(options.target, tensors, metadata)
    print(f"{options.target}: {len(tensors)} tensors")


if __name__ == "__main__":
    main()
