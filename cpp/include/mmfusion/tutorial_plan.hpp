// The tutorial's fusion schedule: unit gradient steps, each followed by TV steps from a zero dual.
#pragma once

#include <memory>

#include "mmfusion/solver.hpp"

namespace mmfusion {

// Allocates 2 n images. Throws std::invalid_argument if the problem is invalid.
std::unique_ptr<Solver> make_tutorial_plan(FusionProblem problem);

}  // namespace mmfusion
