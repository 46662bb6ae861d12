using System.Runtime.InteropServices;
using TacHost.Native;

namespace TacHost.Logging;

/// <content>The writing of pending lines, and the handling of errors.</content>
internal sealed partial class RotatingLogFile
{
    /// <summary>Adds the number of lost lines as the first pending line.</summary>
    private void LogLoss()
    {
        if (_lostLines == 0 || _pending.Count > 0)
            return;
        _pending.Add(_notice($"The log could not be written: {_lostFor}. Lines lost here: {_lostLines}."));
        _beginsWithLoss = true;
    }

    private void WritePending()
    {
        if (_pending.Count == 0)
            return;
        var error = _file.FollowName();
        var written = 0;
        while (error == 0 && written < _pending.Count)
            (written, error) = WriteFrom(written);
        if (_beginsWithLoss && written > 0)
            (_lostBefore, _lostLines) = (_lostBefore + _lostLines, 0);
        if (error != 0)
        {
            _lostLines += _pending.Count - written - (_beginsWithLoss && written == 0 ? 1 : 0);
            _lostFor = Errno.Text(error);
        }

        _beginsWithLoss = false;
        _pending.Clear();
    }

    /// <summary>Writes as many lines as fit into the file, after a rotation if the file is full.</summary>
    /// <returns>The index of the next line to write, and the error that prevents writing it, or 0.</returns>
    private (int Next, int Error) WriteFrom(int first)
    {
        // The size is read each time, because other processes may have written to the file or truncated it.
        var size = _file.Status.Size;
        var end = _pending.EndWithin(first, _limit - size);
        if (end == first)
        {
            if (size > 0 && Rotate())
                return (first, 0);
            end = size > 0 ? _pending.Count : first + 1;
        }

        var bytes = _pending.Bytes(first, end);
        var (written, error) = _file.Append(bytes);
        if (written == bytes.Length)
            return (end, 0);

        // Remove an incomplete line, because the log must contain only complete lines.
        var whole = _pending.EndWithin(first, written);
        var wholeBytes = _pending.Bytes(first, whole).Length;
        _file.TakeBack(written - wholeBytes, size + wholeBytes);
        return (whole, error);
    }

    /// <summary>Rotates the file if it belongs to an earlier period than a line.</summary>
    private void BeginPeriod(DateTimeOffset time)
    {
        var period = _every.NumberOf(time);
        if (period <= (_period ??= PeriodOfFile(time)))
            return;
        _period = period;
        WritePending();
        _file.FollowName();
        if (_file.Status.Size > 0)
            Rotate();
    }

    /// <summary>Returns the period in which the file was last written by an earlier run, or the current period for a new file.</summary>
    private long PeriodOfFile(DateTimeOffset now)
    {
        if (_longestAge is { } age)
            _oldFiles!.DeleteBefore(now - age);
        return _openedSize > 0 ? _every.NumberOf(_openedModified.ToOffset(now.Offset)) : _every.NumberOf(now);
    }

    /// <summary>Renames the file and creates a new one. After an error, the log continues in the old file, because an oversized log is better than none.</summary>
    private bool Rotate()
    {
        if (_rotationFailedAt is { } failedAt && _clock.GetElapsedTime(failedAt) < _untilRotationIsRetried)
            return false;
        var error = RenameAndRenew();
        if (error != 0 && _rotationFailedAt is null)
            _pending.Add(_notice($"The log could not be rotated and grows beyond its limit, because its directory does not allow it: {Errno.Text(error)}."));
        _rotationFailedAt = error == 0 ? null : _clock.GetTimestamp();
        return error == 0;
    }

    private int RenameAndRenew()
    {
        var directory = _file.Directory!;
        var inode = _file.Status.Inode;
        if (!_oldFiles!.MakeRoom() || !directory.Rename(_file.Name, _oldFiles.Newest))
            return Marshal.GetLastPInvokeError();
        var error = _file.Renew();
        if (error == 0 && _longestAge is { } age)
            _oldFiles.DeleteBefore(_clock.GetUtcNow() - age);
        if (error != 0)
            directory.Rename(_oldFiles.Newest, _file.Name);
        else if (LibcAccounts.GetEuid() == 0)
            _rotatedHere.Add(inode); // until the owner of the files is changed
        return error;
    }
}
