using System.Buffers;

namespace TacHost.Logging;

/// <summary>A write-only stream to a <see cref="RotatingLogFile"/>. The bytes between two flushes are one line, which is never split between files.</summary>
/// <remarks>A flush does not write to the disk: the file writes pending lines on its own schedule.</remarks>
internal sealed class RotatingLogFileStream(RotatingLogFile file) : WriteOnlyStream
{
    private const int OrdinarySize = 64 * 1024;

    private ArrayBufferWriter<byte> _line = new();

    public override void Write(ReadOnlySpan<byte> buffer) => _line.Write(buffer);

    public override void Flush()
    {
        if (_line.WrittenCount == 0)
            return;
        file.Append(_line.WrittenSpan);
        if (_line.Capacity <= OrdinarySize)
            _line.ResetWrittenCount();
        else
            _line = new ArrayBufferWriter<byte>();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Flush();
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}
