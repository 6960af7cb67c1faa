// Written with the suite.
