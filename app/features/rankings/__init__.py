"""全园区/基地考核排名情况: publications of a scored round, each a version that never changes."""
