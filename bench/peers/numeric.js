// The numeric kernels beside numpy, scipy, riskparity.py and others.
export { run, title } from "../numeric/suite.js";
