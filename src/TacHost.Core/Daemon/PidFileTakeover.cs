using System.Globalization;
using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Daemon;

/// <summary>The pid file of the new process of an upgrade: locked and complete under another name, until it replaces the file of the old process by one rename(2).</summary>
/// <remarks>At each moment, the file under its name is locked, and contains the ID of the process that serves.</remarks>
internal sealed class PidFileTakeover : IDisposable
{
    private readonly string _path;
    private readonly string _prepared;
    private readonly OpenDirectory _directory;
    private readonly SafeFileHandle _file;
    private bool _isPlaced;

    private PidFileTakeover(string path, string prepared, OpenDirectory directory, SafeFileHandle file) =>
        (_path, _prepared, _directory, _file) = (path, prepared, directory, file);

    /// <summary>Writes and locks the file under another name.</summary>
    /// <exception cref="TacHostException">The file cannot be written.</exception>
    public static PidFileTakeover Prepare(string path)
    {
        var directory = PidFile.DirectoryOf(path);
        try
        {
            var prepared = string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(path)}.{Environment.ProcessId}");
            return new PidFileTakeover(path, prepared, directory, PidFile.Prepare(directory, path, prepared));
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Replaces the file of the old process.</summary>
    /// <exception cref="TacHostException">The operating system refused.</exception>
    public PidFile Place()
    {
        if (!_directory.Rename(_prepared, Path.GetFileName(_path)))
            throw new TacHostException(ExitCode.CannotCreate, $"cannot replace the pid file '{_path}': {Errno.LastText}.");
        _isPlaced = true;
        return new PidFile(_path, _directory, PidFileLock.HoldUntilExit(_file));
    }

    public void Dispose()
    {
        if (_isPlaced)
            return;
        _directory.Delete(_prepared);
        _file.Dispose();
        _directory.Dispose();
    }
}
