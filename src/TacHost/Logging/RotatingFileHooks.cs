using System.Text;
using Serilog.Sinks.File;

namespace TacHost.Logging;

/// <summary>Puts a <see cref="RotatingLogFile"/> between Serilog's file sink and the file it has opened.</summary>
/// <remarks>The sink's own rolling gives the newest old file the highest number, and checks the size after the write.</remarks>
internal sealed class RotatingFileHooks(long limit, int keep, Func<string, string> notice) : FileLifecycleHooks
{
    /// <summary>The file, once the sink has opened it.</summary>
    public RotatingLogFile? File { get; private set; }

    public override Stream OnFileOpened(string path, Stream underlyingStream, Encoding encoding) =>
        File = new RotatingLogFile(path, underlyingStream, limit, keep, notice);
}
