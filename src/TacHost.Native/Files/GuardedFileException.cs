namespace TacHost.Native;

/// <summary>A file was not opened to be written.</summary>
/// <param name="error">The error number.</param>
/// <param name="refusal">The reason why root does not write there, or null if the system refused the file.</param>
internal sealed class GuardedFileException(int error, string? refusal = null) : IOException(refusal ?? Errno.Text(error))
{
    public int Error => error;

    /// <summary>Gets the reason why root does not write there, or null if the system refused the file.</summary>
    public string? Refusal => refusal;
}
