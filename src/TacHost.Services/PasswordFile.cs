using System.Security.Cryptography;
using System.Text;
using TacHost.Services.Interop;

namespace TacHost.Services;

/// <summary>Who may log in, from a file with a line <c>name:hash</c> or <c>name:hash:home</c> for each.</summary>
/// <remarks>
/// <para>
/// The hashes are those of crypt(5), as <c>openssl passwd -6</c>, <c>mkpasswd</c> and <c>htpasswd -B</c> make them: SHA-256, SHA-512, bcrypt, yescrypt, scrypt.
/// The system's libcrypt computes them. Plain text and hashes that are broken in seconds are refused, and so is a file that anybody but its owner may write to.
/// Empty lines and lines that begin with # are skipped; a hash behind <c>!</c> belongs to a user who is locked out; fields after the third are ignored.
/// </para>
/// <para>
/// The file is read again when it has changed. If it cannot be used then, nobody is let in until it is mended.
/// May be used by several threads at once. Ported from <c>twisted.cred.checkers.FilePasswordDB</c>, which takes plain text.
/// </para>
/// </remarks>
public sealed class PasswordFile
{
    private readonly Lock _gate = new();

    /// <summary>Checking a password takes a processor for a while: whoever tries many shall not take all of the thread pool.</summary>
    private readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount));
    private readonly byte[] _decoyKey = RandomNumberGenerator.GetBytes(16);
    private readonly string _given;
    private Dictionary<string, Entry> _entries = [];
    private string? _stamp;
    private PasswordFileException? _fault;

    /// <summary>Names the file. Nothing is read yet.</summary>
    public PasswordFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _given = path;
    }

    /// <summary>Gets or sets the directory that a relative path starts at. A server sets it to its <see cref="Application.BaseDirectory"/>. Defaults to null: the working directory.</summary>
    public string? BaseDirectory { get; set; }

    /// <summary>Gets the absolute path of the file. A relative path starts at <see cref="BaseDirectory"/>.</summary>
#pragma warning disable RS0030 // a password file may be used without a server
    public string Path => BaseDirectory is { } directory ? System.IO.Path.GetFullPath(_given, directory) : System.IO.Path.GetFullPath(_given);
#pragma warning restore RS0030

    /// <summary>Reads the file if it has changed or was never read, and loads what is needed to check passwords. A server calls it in the privileged part of its start, so that mistakes are told there.</summary>
    /// <exception cref="PasswordFileException">The file cannot be read or cannot be trusted; the message says which line is wrong and what to do.</exception>
    /// <exception cref="DllNotFoundException">The system has no libcrypt.</exception>
    public void Load()
    {
        Libcrypt.Load();
        Current();
    }

    /// <summary>Checks a password. Takes long on purpose, on the thread pool, and as long for an unknown name as for a known one.</summary>
    /// <param name="name">The user's name.</param>
    /// <param name="password">The password. One with a NUL in it, or of more than 511 bytes of UTF-8, is nobody's.</param>
    /// <param name="cancellationToken">Gives up waiting. A check that has begun goes on.</param>
    /// <returns>The user, or null if there is none of that name, with that password, or it is locked out.</returns>
    /// <exception cref="PasswordFileException">The file has changed and cannot be used any more. Let nobody in.</exception>
    public async Task<PasswordFileUser?> VerifyAsync(string name, string password, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(password);
        await _turns.WaitAsync(cancellationToken);
        var check = Task.Run(() => Verify(name, password), CancellationToken.None);
        _ = check.ContinueWith(_ => _turns.Release(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return await check.WaitAsync(cancellationToken);
    }

    private PasswordFileUser? Verify(string name, string password)
    {
        var entries = Current();
        var entry = entries.GetValueOrDefault(name);
        var right = PasswordHash.Verify(password, entry is { IsLocked: false } ? entry.Hash : DecoyFor(name, entries));
        return right && entry is { IsLocked: false } ? entry.User : null;
    }

    /// <summary>The hash that stands in for one that is not there: always the same for a name, and as costly as those in the file.</summary>
    private string DecoyFor(string name, Dictionary<string, Entry> entries)
    {
        var hashes = entries.Values.Where(entry => !entry.IsLocked).Select(entry => entry.Hash).ToList();
        return hashes.Count == 0 ? PasswordHash.Decoy : hashes[HMACSHA256.HashData(_decoyKey, Encoding.UTF8.GetBytes(name))[0] % hashes.Count];
    }

    private Dictionary<string, Entry> Current()
    {
        lock (_gate)
        {
            FileInfo info = new(Path);
            var stamp = info.Exists ? $"{info.LastWriteTimeUtc.Ticks},{info.Length},{info.UnixFileMode}" : "";
            if (stamp != _stamp)
            {
                _fault = null;
                try
                {
                    _entries = Read();
                }
                catch (PasswordFileException e)
                {
                    _fault = e;
                }

                _stamp = stamp;
            }

            return _fault is null ? _entries : throw new PasswordFileException(_fault);
        }
    }

    private Dictionary<string, Entry> Read()
    {
        try
        {
            using FileStream file = new(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0)
                throw new PasswordFileException(Path, null, $"others than its owner may write to it. Run: chmod go-w '{Path}'");
            using StreamReader reader = new(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
            return Parse(reader);
        }
        catch (DecoderFallbackException e)
        {
            throw new PasswordFileException(Path, null, "it is not a text in UTF-8.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PasswordFileException(Path, null, $"{e.Message} Name a file that this process can read, with lines 'name:hash'.", e);
        }
    }

    private Dictionary<string, Entry> Parse(StreamReader reader)
    {
        Dictionary<string, Entry> entries = [];
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line) || line.StartsWith('#'))
                continue;
            var fields = line.Split(':');
            var name = fields[0];
            if (fields.Length < 2 || name.Length == 0 || name.Any(char.IsControl))
                throw new PasswordFileException(Path, number, "it does not have the form 'name:hash' or 'name:hash:home'.");
            var locked = fields[1].Length > 0 && fields[1][0] is '!' or '*';
            if (!locked && PasswordHash.Fault(fields[1]) is { } fault)
                throw new PasswordFileException(Path, number, $"'{name}' {fault}. Make a hash with 'openssl passwd -6' and write '{name}:' and the hash.");
            var home = fields.Length > 2 && fields[2].Length > 0 ? fields[2] : null;
            if (home is not null && !home.StartsWith('/'))
                throw new PasswordFileException(Path, number, $"the home of '{name}', the third field, does not begin with '/'.");
            if (!entries.TryAdd(name, new Entry(new PasswordFileUser(name, home), fields[1], locked, number)))
                throw new PasswordFileException(Path, number, $"'{name}' is in line {entries[name].Line} already. Remove one of them.");
        }

        return entries;
    }

    private sealed record Entry(PasswordFileUser User, string Hash, bool IsLocked, int Line);
}
