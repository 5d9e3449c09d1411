// Memory aligned for the widest vectors, or for large pages if it is large.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace mmfusion {

struct AlignedDelete {
    std::size_t alignment = 0;

    void operator()(float* memory) const noexcept {
        ::operator delete[](memory, std::align_val_t{alignment});
    }
};

using AlignedBuffer = std::unique_ptr<float[], AlignedDelete>;

// Some systems use large pages only on request. Passes touch many rows at once; with large pages
// that takes far fewer pages and page faults.
inline void ask_for_large_pages([[maybe_unused]] void* memory,
                                [[maybe_unused]] std::size_t bytes) noexcept {
#ifdef MADV_HUGEPAGE
    madvise(memory, bytes, MADV_HUGEPAGE);  // only a hint: failure does no harm
#endif
}

// Not initialised, so that the pages of large images go to the threads that fill them.
inline AlignedBuffer make_buffer(std::int64_t count) {
    constexpr std::size_t vector = 64;
    constexpr std::size_t large_page = std::size_t{1} << 21U;
    constexpr auto most = (std::numeric_limits<std::int64_t>::max() - std::int64_t{large_page}) /
                          std::int64_t{sizeof(float)};
    if (count < 0 || count > most) {
        throw std::bad_alloc();
    }
    auto bytes = static_cast<std::size_t>(count) * sizeof(float);
    const bool is_large = bytes >= large_page / 2;
    const std::size_t alignment = is_large ? large_page : vector;
    if (is_large) {
        bytes = (bytes + large_page - 1) / large_page * large_page;
    }
    void* memory = ::operator new[](bytes, std::align_val_t{alignment});
    if (is_large) {
        ask_for_large_pages(memory, bytes);
    }
    return AlignedBuffer(static_cast<float*>(memory), AlignedDelete{alignment});
}

inline AlignedBuffer make_zeroed_buffer(std::int64_t count) {
    AlignedBuffer buffer = make_buffer(count);
    std::memset(buffer.get(), 0, static_cast<std::size_t>(count) * sizeof(float));
    return buffer;
}

inline std::shared_ptr<float> share(AlignedBuffer buffer) {
    const AlignedDelete remove = buffer.get_deleter();
    return {buffer.release(), remove};
}

}  // namespace mmfusion
