"""The log told in the forms that others read: LDV, ADL and the register of processing (AVG 30)."""
