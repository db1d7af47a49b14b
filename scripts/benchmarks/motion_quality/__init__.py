"""How well the motion model does what a sentence says, measured on the BVH files that it exports."""
