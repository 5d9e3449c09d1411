// Checks of a problem, and the maps a solver starts from.
#pragma once

#include "mmfusion/fusion_problem.hpp"
#include "thread_pool.hpp"

namespace mmfusion {

// Throws std::invalid_argument that names the invalid value.
void require_valid(const FusionProblem& problem);

// Writes n images: the start if one is given, else the measured maps with values below the
// threshold set to 0.
void write_start(const FusionProblem& problem, ThreadPool& pool, float* maps);

}  // namespace mmfusion
