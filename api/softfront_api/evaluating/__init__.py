"""How well artefacts are found: beats spoilt on purpose, and beats that people labelled."""
