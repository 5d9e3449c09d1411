// Zeroed memory aligned for the widest vectors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <new>

namespace mmfusion {

inline constexpr std::size_t alignment = 64;

struct AlignedDelete {
    void operator()(float* memory) const noexcept {
        ::operator delete[](memory, std::align_val_t{alignment});
    }
};

using AlignedBuffer = std::unique_ptr<float[], AlignedDelete>;

// Uninitialised, so that large images get their pages from the threads that fill them.
inline AlignedBuffer make_buffer(std::int64_t count) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max() / std::int64_t{sizeof(float)};
    if (count < 0 || count > most) {
        throw std::bad_alloc();
    }
    const auto bytes = static_cast<std::size_t>(count) * sizeof(float);
    return AlignedBuffer(static_cast<float*>(::operator new[](bytes, std::align_val_t{alignment})));
}

inline AlignedBuffer make_zeroed_buffer(std::int64_t count) {
    AlignedBuffer buffer = make_buffer(count);
    std::memset(buffer.get(), 0, static_cast<std::size_t>(count) * sizeof(float));
    return buffer;
}

}  // namespace mmfusion
