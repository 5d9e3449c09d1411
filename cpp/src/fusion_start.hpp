// Checks of a problem and the maps a solver starts from.
#pragma once

#include "mmfusion/fusion_problem.hpp"
#include "thread_pool.hpp"

namespace mmfusion {

// Throws std::invalid_argument and names what is wrong.
void require_valid(const FusionProblem& problem);

// Writes n images: the start given or else the measured maps, values below the threshold set to 0.
void write_start(const FusionProblem& problem, ThreadPool& pool, float* maps);

}  // namespace mmfusion
