/** What the exchange answers instead of a result: Binance's number, its text and the HTTP status it comes with. */
export class VenueError extends Error {
  override readonly name = "VenueError";
  readonly code: number;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: number, message: string, status = 400, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.headers = headers;
  }
}

// Codes and texts as Binance documents them (USD-M error codes, spot errors.md).
export const refuse = {
  unknownEndpoint: () => new VenueError(-1000, "An unknown error occurred while processing the request.", 404),
  tooManyRequests: (retryAfter: number) =>
    new VenueError(-1003, "Too many requests; current limit of IP is exceeded.", 429, {
      "Retry-After": String(retryAfter),
    }),
  banned: (untilMs: number, retryAfter: number) =>
    new VenueError(-1003, `Way too many requests; IP banned until ${untilMs}.`, 418, {
      "Retry-After": String(retryAfter),
    }),
  tooManyOrders: () => new VenueError(-1015, "Too many new orders; current limit is exceeded.", 429),
  maintenance: () => new VenueError(-1, "System maintenance.", 503),
  timestampAhead: () => new VenueError(-1021, "Timestamp for this request was 1000ms ahead of the server's time."),
  timestampBehind: () => new VenueError(-1021, "Timestamp for this request is outside of the recvWindow."),
  badSignature: () => new VenueError(-1022, "Signature for this request is not valid."),
  tooManyParameters: (read: number, sent: number) =>
    new VenueError(-1104, `Not all sent parameters were read; read '${read}' parameter(s) but was sent '${sent}'.`),
  missing: (name: string) =>
    new VenueError(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`),
  illegal: (name: string) => new VenueError(-1100, `Illegal characters found in parameter '${name}'.`),
  notRequired: (name: string) => new VenueError(-1106, `Parameter '${name}' sent when not required.`),
  badPrecision: () => new VenueError(-1111, "Precision is over the maximum defined for this asset."),
  badTimeInForce: () => new VenueError(-1115, "Invalid timeInForce."),
  badOrderType: () => new VenueError(-1116, "Invalid orderType."),
  badSide: () => new VenueError(-1117, "Invalid side."),
  moreThanADay: () => new VenueError(-1127, "More than 24 hours between startTime and endTime."),
  badInterval: () => new VenueError(-1120, "Invalid interval."),
  badSymbol: () => new VenueError(-1121, "Invalid symbol."),
  badListenKey: () => new VenueError(-1125, "This listenKey does not exist."),
  badParameter: (name: string) => new VenueError(-1130, `Data sent for parameter '${name}' is not valid.`),
  rejected: (text: string) => new VenueError(-2010, text),
  unknownCancel: () => new VenueError(-2011, "Unknown order sent."),
  unknownOrder: () => new VenueError(-2013, "Order does not exist."),
  badKeyFormat: () => new VenueError(-2014, "API-key format invalid.", 401),
  badKey: () => new VenueError(-2015, "Invalid API-key, IP, or permissions for action.", 401),
  marginTooSmall: () => new VenueError(-2019, "Margin is insufficient."),
  cannotFill: () => new VenueError(-2020, "Unable to fill."),
  wouldTrigger: () => new VenueError(-2021, "Order would immediately trigger."),
  reduceOnly: () => new VenueError(-2022, "ReduceOnly Order is rejected."),
  quantityTooSmall: () => new VenueError(-4004, "Quantity less than min quantity."),
  quantityTooLarge: () => new VenueError(-4005, "Quantity greater than max quantity."),
  quantityNotPositive: () => new VenueError(-4003, "Quantity less than or equal to zero."),
  quantityStep: () => new VenueError(-4023, "Quantity not increased by step size."),
  priceNotPositive: () => new VenueError(-4001, "Price less than 0."),
  priceStep: () => new VenueError(-4014, "Price not increased by tick size."),
  badClientId: () => new VenueError(-4015, "Client order id is not valid."),
  leverageOutOfRange: () => new VenueError(-4028, "Leverage is not valid"),
  marginTypeSame: () => new VenueError(-4046, "No need to change margin type."),
  positionSideSame: () => new VenueError(-4059, "No need to change position side."),
  positionSideWrong: () => new VenueError(-4061, "Order's position side does not match user's setting."),
  modeWithOrders: () => new VenueError(-4067, "Position side cannot be changed if there exists open orders."),
  modeWithPositions: () => new VenueError(-4068, "Position side cannot be changed if there exists position."),
  duplicateClientId: () => new VenueError(-4116, "ClientOrderId is duplicated."),
  priceBand: () => new VenueError(-4131, "The counterparty's best price does not meet the PERCENT_PRICE filter limit."),
  symbolClosed: () => new VenueError(-4140, "Invalid symbol status for opening position."),
  symbolNotTrading: () => new VenueError(-4141, "Symbol is closed."),
  notionalTooSmall: (minimum: string) =>
    new VenueError(-4164, `Order's notional must be no smaller than ${minimum} (unless you choose reduce only).`),
  postOnly: () =>
    new VenueError(-5022, "Due to the order could not be executed as maker, the Post Only order will be rejected."),
} as const;
