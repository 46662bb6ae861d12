using Microsoft.Win32.SafeHandles;

namespace TacHost.Interop;

/// <summary>Standard output and standard error of this process, as descriptors: redirected until the instance made before is disposed.</summary>
internal sealed class StandardStreams : IDisposable
{
    private const int FirstOther = 3;

    private readonly SafeFileHandle _output = Copy(1);
    private readonly SafeFileHandle _error = Copy(2);

    /// <summary>Opens standard output or standard error without what .NET's <see cref="Console"/> does to it: a write there holds the lock of all that is printed, also while it waits for a reader.</summary>
    public static Stream Raw(int descriptor) => new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);

    /// <summary>Opens /dev/null in the place of each standard stream that is closed, so that no file that is opened later is taken for one.</summary>
    public static void OpenClosed()
    {
        for (var descriptor = 0; descriptor < FirstOther; descriptor++)
        {
            // The lowest number that is free is the one that open(2) gives.
            if (Libc.ControlDescriptor(descriptor, DescriptorCommand.GetFlags, 0) < 0)
                _ = Libc.Open("/dev/null", OpenFlags.ReadWrite, 0);
        }
    }

    /// <summary>Makes both, also for children that inherit them, end up in a file.</summary>
    public static void Redirect(SafeFileHandle file)
    {
        _ = Libc.Duplicate(file, 1);
        _ = Libc.Duplicate(file, 2);
    }

    /// <summary>Leads both back to where they led at first.</summary>
    public void Dispose()
    {
        _ = Libc.Duplicate(_output, 1);
        _ = Libc.Duplicate(_error, 2);
        _output.Dispose();
        _error.Dispose();
    }

    private static SafeFileHandle Copy(int descriptor) =>
        new(Libc.ControlDescriptor(descriptor, DescriptorCommand.DuplicateWithCloseOnExec, FirstOther), ownsHandle: true);
}
