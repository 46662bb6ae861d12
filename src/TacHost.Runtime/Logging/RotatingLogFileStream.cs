using System.Buffers;

namespace TacHost.Logging;

/// <summary>A write-only stream to a <see cref="RotatingLogFile"/>. The bytes between two flushes are one line, which is never split between files.</summary>
/// <remarks>A flush does not write to the disk: the file writes pending lines on its own schedule.</remarks>
internal sealed class RotatingLogFileStream(RotatingLogFile file) : Stream
{
    private const int OrdinarySize = 64 * 1024;

    private ArrayBufferWriter<byte> _line = new();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

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

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

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
