# Trains a network that reads a covariate known ahead: load.csv of docs/pytorch.md to load.pt
import csv, torch
from torch import nn

HORIZON, CENTER, SCALE = 3, 5.0, 2.9                  # mean and deviation of the temperature

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(1 + HORIZON, 16, batch_first=True)       # the load, and 3 temperatures
        self.fc = nn.Linear(16, HORIZON)

    def forward(self, x):                             # x: (batch, 5, 1 + HORIZON)
        return self.fc(self.rnn(x)[0][:, -1])

rows = list(csv.DictReader(open("load.csv")))
values = torch.tensor([float(row["load"]) for row in rows])
known = (torch.tensor([float(row["temperature"]) for row in rows]) - CENTER) / SCALE
ahead = known[1:].unfold(0, HORIZON, 1)               # row t: those of t+1, t+2, t+3

pieces = values.unfold(0, 5 + HORIZON, 1)
center = pieces[:, 4:5]                               # scaling "last"
scale = pieces[:, :5].std(1, correction=0, keepdim=True)
pieces = (pieces - center) / scale
x = torch.cat((pieces[:, :5, None], ahead.unfold(0, 5, 1).transpose(1, 2)), -1)
y = pieces[:, 5:]

torch.manual_seed(1)
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(40):
    for batch in torch.randperm(len(x)).split(32):
        loss = (net(x[batch]) - y[batch]).abs().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

torch.save(net.state_dict(), "load.pt")
