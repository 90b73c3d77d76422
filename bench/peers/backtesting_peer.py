import warnings

import backtesting
import numpy as np
import pandas as pd
from backtesting.lib import FractionalBacktest
from backtesting import Strategy

from market import CASH, FEE, WEIGHT, main, wanted

warnings.filterwarnings("ignore")
backtesting.set_bokeh_output(notebook=False) if hasattr(backtesting, "set_bokeh_output") else None


def run(columns, rule):
    time, opens, high, low, close = columns
    long = wanted(rule, high, low, close)
    frame = pd.DataFrame(
        {"Open": opens, "High": high, "Low": low, "Close": close, "Volume": 0.0}, index=pd.to_datetime(time, unit="ms")
    )

    class Rule(Strategy):
        def init(self):
            pass

        def next(self):
            want = long[len(self.data) - 1]
            if want and not self.position:
                # Whole units of the fraction below; prices are scaled with it.
                self.buy(size=int(WEIGHT * self.equity / self.data.Close[-1]))
            elif not want and self.position:
                self.position.close()

    stats = FractionalBacktest(frame, Rule, cash=CASH, commission=FEE, fractional_unit=1e-8, finalize_trades=False).run()
    return len(stats["_trades"]), stats["Equity Final [$]"]


main(run, backtesting.__version__)
