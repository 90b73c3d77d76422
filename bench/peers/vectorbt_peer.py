import numpy as np
import pandas as pd
import vectorbt as vbt

from market import CASH, FEE, WEIGHT, main, wanted


def run(columns, rule):
    _, opens, high, low, close = columns
    long = wanted(rule, high, low, close)
    # Decided at a close, filled at the next open.
    target = np.concatenate(([False], long[:-1]))
    before = np.concatenate(([False], target[:-1]))
    decided = np.concatenate(([close[0]], close[:-1]))
    # Percent is of the cash at the fill's price; ours is sized at the close before it.
    portfolio = vbt.Portfolio.from_signals(
        close,
        entries=target & ~before,
        exits=~target & before,
        price=opens,
        size=WEIGHT * opens / decided * (1 + FEE),
        size_type="percent",
        fees=FEE,
        init_cash=CASH,
        freq="1min",
    )
    equity = portfolio.value()
    portfolio.total_return(), portfolio.sharpe_ratio(), portfolio.max_drawdown()
    return portfolio.trades.closed.count(), equity.iloc[-1]


main(run, vbt.__version__)
