// OutputFile: a file being written, whose first failure is remembered and stops further writing.
//
// Writing a result must never take a run down: a full disk or an input/output error turns into ok()
// == false and a reason, reported once by whoever closes the file.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hearsay::sim {

class OutputFile {
 public:
  // Not open; every write fails.
  OutputFile() = default;
  // Creates or empties the file. On failure ok() is false at once.
  static OutputFile open(const std::string& path);

  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&& other) noexcept;
  ~OutputFile();  // closes; errors are lost

  // Takes `bytes` into the buffer; writes when that is full. Does nothing after a failure.
  void write(std::string_view bytes);

  // Writes what is left, makes it durable and closes. Returns ok(). May be called again.
  bool close();

  bool ok() const { return trouble_.empty(); }
  // "cannot write runs/x/blocks.csv: No space left on device"; empty while ok().
  const std::string& trouble() const { return trouble_; }

 private:
  void flush();
  void fail(int error);

  int fd_ = -1;
  std::string path_;
  std::string buffer_;
  std::string trouble_ = "the file was never opened";
};

}  // namespace hearsay::sim
