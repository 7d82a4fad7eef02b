"""入驻申请: what a company asks a park for, and what becomes of it."""
