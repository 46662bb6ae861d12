using System.Runtime.InteropServices;

namespace TacHost.Native;

/// <summary>A null-terminated array of C strings.</summary>
internal sealed unsafe class CStrings : IDisposable
{
    private readonly int _count;

    public CStrings(IReadOnlyCollection<string> strings)
    {
        _count = strings.Count;
        Pointer = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
        var i = 0;
        foreach (var text in strings)
            Pointer[i++] = (byte*)Marshal.StringToCoTaskMemUTF8(text);
    }

    public byte** Pointer { get; }

    public void Dispose()
    {
        for (var i = 0; i < _count; i++)
            Marshal.FreeCoTaskMem((nint)Pointer[i]);
        NativeMemory.Free(Pointer);
    }
}
