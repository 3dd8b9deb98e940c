"""Files as people save them with torch, all with the same network: make_checkpoints.py FOLDER"""

import argparse
import sys

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(1, 4, batch_first=True)
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        return self.fc(self.rnn(x)[0][:, -1])


class Trap:
    """Writes a file when it is unpickled without care."""

    def __reduce__(self):
        return open, (f"{folder}/executed", "w")


folder = sys.argv[1]
net = Net()
adam = torch.optim.Adam(net.parameters())
net(torch.randn(3, 5, 1)).sum().backward()
adam.step()
weights = net.state_dict()
files = {
    "plain": weights,
    "lightning": {"epoch": 7, "state_dict": weights, "optimizer": adam.state_dict(), "note": "a"},
    "parallel": {
        "model_state_dict": nn.DataParallel(net).state_dict(), "optimizer_state_dict": adam.state_dict()},
    "half": {"net": {name: tensor.bfloat16() for name, tensor in weights.items()}, "loss": 0.5},
    "two": {"ema": {name: tensor + 1 for name, tensor in weights.items()}, "net": weights},
    "none": {"epoch": 1, "optimizer": adam.state_dict()},
    "list": [1, 2],
    "module": net,
    "options": {"state_dict": weights, "args": argparse.Namespace(lr=0.1)},
    "trap": {"state_dict": weights, "trap": Trap()},
}
for name, content in files.items():
    torch.save(content, f"{folder}/{name}.pt")
torch.jit.script(nn.Linear(1, 1)).save(f"{folder}/script.pt")
with open(f"{folder}/text.pt", "w") as file:
    file.write("hello")
