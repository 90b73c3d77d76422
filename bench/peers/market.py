"""What every Python peer shares: the market, the rule, and how a result is printed.

The rule is worked out once for all peers, with pandas, inside the timed part: 1 = wants to be long, decided at the close.
"""

import json
import sys
import time

import numpy as np
import pandas as pd

WEIGHT = 0.9
FEE = 0.0006
CASH = 1_000_000.0


def load(path, bars):
    """Columns open, high, low, close of the first `bars` bars, as our bench wrote them."""
    columns = np.fromfile(path, dtype="<f8").reshape(5, -1)[:, :bars]
    return columns[0], columns[1], columns[2], columns[3], columns[4]


def wanted(rule, high, low, close):
    """1 where the rule wants to be long after the close of a bar, else 0."""
    if rule["name"] == "ema-cross":
        fast, slow = (pd.Series(close).ewm(span=rule[n], adjust=False).mean().to_numpy() for n in ("fast", "slow"))
        long = fast > slow
        long[: rule["slow"] - 1] = False
        return long
    upper = pd.Series(high).rolling(rule["entry"]).max().shift(1).to_numpy()
    lower = pd.Series(low).rolling(rule["exit"]).min().shift(1).to_numpy()
    state = np.where(close > upper, 1.0, np.where(close < lower, 0.0, np.nan))
    long = pd.Series(state).ffill().fillna(0.0).to_numpy() > 0.0
    # Our strategy is silent until its volatility is defined; the machine runs on meanwhile.
    long[: rule["silent"]] = False
    return long


def units(cash, close):
    """Whole units of 1e-8, as our engine cuts them."""
    return np.trunc(WEIGHT * cash / close * 1e8) / 1e8


def main(run, version):
    """run(columns, rule) → (trades closed, final equity); timed twice, the faster counts (the first compiles)."""
    args = json.loads(sys.argv[1])
    columns = load(args["market"], args["bars"])
    best = float("inf")
    for _ in range(args["rounds"]):
        begin = time.perf_counter()
        trades, equity = run(columns, args["rule"])
        best = min(best, time.perf_counter() - begin)
    print(json.dumps({"trades": int(trades), "equity": float(equity), "seconds": best, "version": version}))
