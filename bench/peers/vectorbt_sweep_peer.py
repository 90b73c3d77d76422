"""Sweeps of a moving-average cross with vectorbt, the way its documentation sweeps: windows × windows as columns of one portfolio.

Every combination is a portfolio of its own on one symbol: in at 90 % of the equity, out when the averages cross back, decided at
a close, filled at the next open. Columns are run `chunk` combinations at a time, because wider frames leave the cache.
"""

import json
import sys
import time

import numpy as np
import pandas as pd
import vectorbt as vbt

from market import CASH, FEE, WEIGHT


def sweep(opens, close, fasts, slows, chunk, freq):
    """Trades and final equity of every combination, fast by fast."""
    windows = sorted({*fasts, *slows})
    average = {n: pd.Series(close).ewm(span=n, adjust=False).mean().to_numpy() for n in windows}
    combinations = [(fast, slow) for fast in fasts for slow in slows]
    decided = np.concatenate(([close[0]], close[:-1]))
    # Percent is of the cash at the fill's price; ours is sized at the close before it.
    size = (WEIGHT * opens / decided * (1 + FEE))[:, None]
    trades = []
    equity = []
    for at in range(0, len(combinations), chunk):
        part = combinations[at : at + chunk]
        target = np.zeros((len(close), len(part)), dtype=bool)
        for column, (fast, slow) in enumerate(part):
            target[slow:, column] = (average[fast] > average[slow])[slow - 1 : -1]
        before = np.vstack((np.zeros((1, len(part)), dtype=bool), target[:-1]))
        portfolio = vbt.Portfolio.from_signals(
            close[:, None],
            entries=target & ~before,
            exits=~target & before,
            price=opens[:, None],
            size=size,
            size_type="percent",
            fees=FEE,
            init_cash=CASH,
            freq=freq,
        )
        value = portfolio.value()
        portfolio.total_return(), portfolio.sharpe_ratio(), portfolio.max_drawdown()
        trades.extend(np.atleast_1d(portfolio.trades.closed.count()).tolist())
        equity.extend(np.atleast_1d(value.iloc[-1]).tolist())
    return trades, equity


def main():
    args = json.loads(sys.argv[1])
    trades = []
    equity = []
    seconds = 0.0
    for path in args["markets"]:
        columns = np.fromfile(path, dtype="<f8").reshape(5, -1)
        opens, close = columns[1].copy(), columns[4].copy()
        # The first run compiles.
        sweep(opens[:2000], close[:2000], args["fasts"][:2], args["slows"][:1], args["chunk"], args["freq"])
        best = float("inf")
        for _ in range(args["rounds"]):
            begin = time.perf_counter()
            done, value = sweep(opens, close, args["fasts"], args["slows"], args["chunk"], args["freq"])
            best = min(best, time.perf_counter() - begin)
        seconds += best
        trades.extend(done)
        equity.extend(value)
    print(json.dumps({"trades": trades, "equity": equity, "seconds": seconds, "version": vbt.__version__}))


main()
