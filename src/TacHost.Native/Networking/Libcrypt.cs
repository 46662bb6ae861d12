using System.Runtime.InteropServices;
using System.Text;

namespace TacHost.Native;

/// <summary>The system's password hash function, crypt(3). On some systems it is not part of the C library, and the name of the library varies.</summary>
internal static unsafe class Libcrypt
{
    /// <summary>Larger than struct crypt_data in any C library (131,232 bytes in old versions of glibc).</summary>
    private const int DataSize = 256 * 1024;

    private static readonly string[] _names = ["libcrypt.so.1", "libcrypt.so.2", "libcrypt.so", "libc.so.6", "libc"];
    private static readonly Lazy<nint> _cryptR = new(Find);

    /// <summary>Loads the library now and not for the first password, because it may be inaccessible then.</summary>
    /// <exception cref="DllNotFoundException">The library is not installed.</exception>
    public static void Load() => _ = _cryptR.Value;

    /// <summary>Hashes a password with the method and the salt of a setting or of an existing hash. Slow by design.</summary>
    /// <returns>The hash, or null if the library does not support the method.</returns>
    public static byte[]? Hash(string password, string setting)
    {
        var crypt = (delegate* unmanaged<byte*, byte*, void*, byte*>)_cryptR.Value;
        byte[] passwordBytes = [.. Encoding.UTF8.GetBytes(password), 0], settingBytes = [.. Encoding.UTF8.GetBytes(setting), 0];
        var data = NativeMemory.AllocZeroed(DataSize);
        try
        {
            fixed (byte* passwordPointer = passwordBytes, settingPointer = settingBytes)
            {
                var hash = crypt(passwordPointer, settingPointer, data);

                // On failure, crypt returns null or a string that starts with an asterisk, which no hash does.
                return hash is null || *hash == (byte)'*' ? null : MemoryMarshal.CreateReadOnlySpanFromNullTerminated(hash).ToArray();
            }
        }
        finally
        {
            NativeMemory.Clear(data, DataSize);
            NativeMemory.Free(data);
            Array.Clear(passwordBytes);
        }
    }

    private static nint Find()
    {
        foreach (var name in _names)
        {
            if (NativeLibrary.TryLoad(name, out var library) && NativeLibrary.TryGetExport(library, "crypt_r", out var address))
                return address;
        }

        throw new DllNotFoundException("Passwords cannot be checked, because the library with crypt_r(3), libcrypt.so.1, is not installed. Install it; on Debian and Ubuntu the package is libcrypt1.");
    }
}
