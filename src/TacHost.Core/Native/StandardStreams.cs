using Microsoft.Win32.SafeHandles;

namespace TacHost.Native;

/// <summary>The redirection of standard output and standard error. The previous descriptors are restored when the instance is disposed.</summary>
internal sealed class StandardStreams : IDisposable
{
    private const int FirstOther = 3;

    private readonly SafeFileHandle _output = Copy(1);
    private readonly SafeFileHandle _error = Copy(2);

    /// <summary>
    /// Opens standard output or standard error without <see cref="Console"/>, whose writes hold
    /// a global lock even while they wait for a reader.
    /// </summary>
    public static Stream Raw(int descriptor) => new WaitingStream(new SafeFileHandle(descriptor, ownsHandle: false));

    /// <summary>Opens /dev/null for each closed standard stream, so that a file opened later does not take its number.</summary>
    public static void OpenClosed()
    {
        for (var descriptor = 0; descriptor < FirstOther; descriptor++)
        {
            // open(2) returns the lowest free number.
            if (Libc.Fcntl(descriptor, DescriptorCommand.GetFlags, 0) < 0)
                _ = Libc.Open("/dev/null", OpenFlags.ReadWrite, 0);
        }
    }

    /// <summary>Redirects both streams to a file, including those of child processes that inherit them.</summary>
    public static void Redirect(SafeFileHandle file)
    {
        _ = LibcDescriptors.Dup2(file, 1);
        _ = LibcDescriptors.Dup2(file, 2);
    }

    /// <summary>Restores the previous destinations of both streams.</summary>
    public void Dispose()
    {
        _ = LibcDescriptors.Dup2(_output, 1);
        _ = LibcDescriptors.Dup2(_error, 2);
        _output.Dispose();
        _error.Dispose();
    }

    private static SafeFileHandle Copy(int descriptor) =>
        new(Libc.Fcntl(descriptor, DescriptorCommand.DuplicateCloseOnExec, FirstOther), ownsHandle: true);
}
