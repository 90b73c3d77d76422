import backtrader as bt
import pandas as pd

from market import CASH, FEE, main, units, wanted


def run(columns, rule):
    time, opens, high, low, close = columns
    long = wanted(rule, high, low, close)
    frame = pd.DataFrame(
        {"open": opens, "high": high, "low": low, "close": close, "volume": 0.0},
        index=pd.to_datetime(time, unit="ms"),
    )

    class Rule(bt.Strategy):
        def __init__(self):
            self.closed = 0

        def next(self):
            want = long[len(self) - 1]
            if want and not self.position:
                self.buy(size=float(units(self.broker.getvalue(), self.data.close[0])))
            elif not want and self.position:
                self.close()

        def notify_trade(self, trade):
            if trade.isclosed:
                self.closed += 1

    engine = bt.Cerebro(stdstats=False)
    engine.adddata(bt.feeds.PandasData(dataname=frame))
    engine.addstrategy(Rule)
    engine.broker.setcash(CASH)
    engine.broker.setcommission(commission=FEE)
    (strategy,) = engine.run()
    return strategy.closed, engine.broker.getvalue()


main(run, bt.__version__)
