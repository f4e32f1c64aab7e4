"""The record of one consent after ISO/IEC TS 27560, in terms of W3C DPV, as JSON-LD."""
