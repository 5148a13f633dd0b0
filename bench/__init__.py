"""How fast Préavis is: each figure beside one that the same machine gave in the same minute."""
