// The converged solver: monotone accelerated proximal gradient on the whole objective
// Phi = lambda_H Psi_1 + lambda_chem Psi_2 + lambda_TV Psi_3.
#pragma once

#include <memory>

#include "mmfusion/solver.hpp"

namespace mmfusion {

// Each iteration takes a gradient step of length t from extrapolated maps, then `n_iter_tv` TV
// steps of weight t lambda_TV from the dual of the iteration before. Maps that would raise Phi are
// rejected: the iteration is repeated without extrapolation, then with shorter steps.
// (Function-value restart after O'Donoghue & Candes, doi 10.1007/s10208-013-9150-3; monotone scheme
// after Beck & Teboulle, doi 10.1109/TIP.2009.2028250.)
//
// The maps have settled once three consecutive iterations each lower Phi by at most `tolerance`
// times its size, or once no step lowers it at all.
//
// Allocates 7 n + 2 images. Throws std::invalid_argument if the problem is invalid.
std::unique_ptr<Solver> make_converged_plan(FusionProblem problem, double tolerance);

}  // namespace mmfusion
