using System.Collections;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;
using TacHost.Native;

namespace TacHost.Web.Files;

/// <summary>A file provider that makes a root directory available to the file middlewares of ASP.NET Core.</summary>
internal sealed class ServedFiles(RootDirectory root) : IFileProvider
{
    public IFileInfo GetFileInfo(string subpath) =>
        root.TryLook(subpath, out var status) && status.IsRegularFile ? new ServedFile(root, subpath, status) : new NotFoundFileInfo(subpath);

    public IDirectoryContents GetDirectoryContents(string subpath) =>
        root.TryLook(subpath, out var status) && status.IsDirectory ? new ServedDirectory(root, subpath) : NotFoundDirectoryContents.Singleton;

    public IChangeToken Watch(string filter) => NullChangeToken.Singleton;

    /// <summary>A served file. Has no physical path, because opening it by path would resolve the path again, possibly outside the root.</summary>
    private sealed class ServedFile(RootDirectory root, string subpath, FileStatus status) : IFileInfo
    {
        public bool Exists => true;

        public long Length => status.Size;

        public string? PhysicalPath => null;

        public string Name => Path.GetFileName(subpath);

        public DateTimeOffset LastModified => DateTimeOffset.FromUnixTimeSeconds(status.ModifiedSeconds);

        public bool IsDirectory => status.IsDirectory;

        public Stream CreateReadStream() => root.OpenFile(subpath);
    }

    private sealed class ServedDirectory(RootDirectory root, string subpath) : IDirectoryContents
    {
        public bool Exists => true;

        public IEnumerator<IFileInfo> GetEnumerator() =>
            root.List(subpath).Select(entry => (IFileInfo)new ServedFile(root, entry.Name, entry.Status)).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
