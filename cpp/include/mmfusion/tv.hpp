// Total variation: norm, proximal operator and a certificate of its accuracy.
#pragma once

#include "mmfusion/image.hpp"

namespace mmfusion {

enum class TvKind { isotropic, anisotropic };

// sum sqrt(dy^2 + dx^2), or sum |dy| + |dx|: forward differences, 0 at the far edge.
double tv_norm(const float* image, Shape shape, TvKind kind);

// The two components of the dual variable, both full images; null pointers mean "none".
struct DualView {
    const float* y = nullptr;
    const float* x = nullptr;
};
struct MutableDualView {
    float* y = nullptr;
    float* x = nullptr;
};

// The two components of a vector field xi, both full images; null pointers mean "no guide".
struct GuideView {
    const float* y = nullptr;
    const float* x = nullptr;
};

// 1/2 ||u - b||^2 + weight TV(u), for u >= 0 if `nonnegative`. With a guide, TV is directional:
// sum |(I - xi xi^T) grad u|, isotropic, with |xi| <= 1 in every pixel (Ehrhardt & Betcke, doi
// 10.1137/15M1047325). Like the gradient, xi counts as 0 along y in the last row and along x in the
// last column.
struct TvObjective {
    float weight = 0.0F;
    TvKind kind = TvKind::isotropic;
    bool nonnegative = true;
    GuideView guide = {};
};

struct TvProxOptions {
    TvObjective objective;
    int n_iter = 0;
    int threads = 1;
    // The image is divided by it for the computation, the result multiplied by it. A power of two
    // that brings the image near 1 keeps its squares inside single precision.
    float unit = 1.0F;
};

// FGP of Beck & Teboulle (doi 10.1109/TIP.2009.2028250): n_iter dual steps with momentum, from a
// zero dual or from `warm`. Writes the primal to `result` and, unless null, the dual to `dual`.
// `result` must not overlap `image`, nor `dual` overlap `warm`.
void tv_prox(const float* image, Shape shape, const TvProxOptions& options, float* result,
             DualView warm = {}, MutableDualView dual = {});

// The duality gap of `dual` and its primal u; 1/2 ||u - u*||^2 <= gap.
double tv_duality_gap(const float* image, Shape shape, const TvObjective& objective, DualView dual);

}  // namespace mmfusion
