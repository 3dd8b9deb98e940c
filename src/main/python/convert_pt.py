#!/usr/bin/env python3
"""Converts a PyTorch file (torch.save of a state_dict) to safetensors: convert_pt.py in.pt out.safetensors

The pickle in the file is read with weights_only=True, so that it cannot run a program. What shapes
cannot tell (name, mode, seq_len, readout, scaling) may be added: --set weir.mode=many-to-one
"""

import argparse

import torch

from train_birnn import write_safetensors


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", metavar="IN.pt")
    parser.add_argument("target", metavar="OUT.safetensors")
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="metadata, e.g. weir.seq_len=5")
    options = parser.parse_args()
    state = torch.load(options.source, map_location="cpu", weights_only=True)
    tensors = {name: tensor for name, tensor in state.items() if tensor.is_floating_point()}
    metadata = {"format": "pt", **dict(entry.split("=", 1) for entry in options.set)}
    write_safetensors(options.target, tensors, metadata)
    print(f"{options.target}: {len(tensors)} tensors")


if __name__ == "__main__":
    main()
